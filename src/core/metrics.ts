/** Figures for a program that watches. The API lets administrators alone come here. */
export interface MetricsService {
  /** In the text format of Prometheus. Answers without the database too; `parley_database_up` is 0 then. */
  text(): Promise<string>;
}
