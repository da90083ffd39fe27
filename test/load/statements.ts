import type pg from 'pg';

export type Statement = { calls: number; ms: number; rows: number; query: string };

export async function beginStatements(sql: pg.Client): Promise<void> {
  await sql.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  await sql.query('SELECT pg_stat_statements_reset()');
}

/** What PostgreSQL did since the beginning, the most costly first. */
export async function statementsOf(sql: pg.Client, most = 200): Promise<Statement[]> {
  const { rows } = await sql.query<Statement>(
    `SELECT calls::int, total_exec_time + total_plan_time AS ms, rows::int, regexp_replace(left(query, 400), '\\s+', ' ', 'g') AS query
     FROM pg_stat_statements ORDER BY 2 DESC LIMIT $1`,
    [most],
  );
  return rows;
}
