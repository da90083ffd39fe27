export type Moment = { name: 'yesterday' | 'week' | 'month' | 'year' | 'beginning'; to: string };

/** Before any message. */
const beginning = new Date(0).toISOString();

/** The local day as a date field has it. */
export function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** When a local day begins; null where that is no day. */
export function startOf(day: string): string | null {
  const [, year = '', month = '', date = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  const begins = new Date(Number(year), Number(month) - 1, Number(date));
  return year !== '' && dayOf(begins) === day ? begins.toISOString() : null;
}

/** Days people often go back to. */
export function usual(now: Date): Moment[] {
  const on = (years: number, months: number, days: number) => {
    const year = now.getFullYear() - years;
    const month = now.getMonth() - months;
    // The last day of a shorter month stands for the days it lacks.
    const last = new Date(year, month + 1, 0).getDate();
    return new Date(year, month, Math.min(now.getDate(), last) - days).toISOString();
  };
  return [
    { name: 'yesterday', to: on(0, 0, 1) },
    { name: 'week', to: on(0, 0, 7) },
    { name: 'month', to: on(0, 1, 0) },
    { name: 'year', to: on(1, 0, 0) },
    { name: 'beginning', to: beginning },
  ];
}
