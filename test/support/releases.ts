import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/infra/database/migrate.js';

/** What each released version left behind: its migrations are named in the first line. */
export const RELEASES = path.resolve('test/releases');
export const MIGRATIONS = path.resolve('prisma/migrations');

export async function sql<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Gives an empty database the schema and the rows of that release. */
export async function makeRelease(url: string, file: string): Promise<void> {
  const text = readFileSync(path.join(RELEASES, file), 'utf8');
  const names = /^-- migrations: (.+)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-release-'));
  try {
    for (const one of names) cpSync(path.join(MIGRATIONS, one), path.join(folder, one), { recursive: true });
    const made = await migrate(url, folder);
    if (made.join() !== names.join()) throw new Error(`${file} was made by ${made.join()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await sql(url, (client) => client.query(text));
}

/** How many rows each table has. */
export const rowsOf = (url: string): Promise<Record<string, number>> =>
  sql(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of rows)
      counts[name] = (await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`)).rows[0]?.n ?? 0;
    return counts;
  });

/** Every column, index, constraint, trigger and function of the schema, and the migrations that made it: a line each. */
export const schemaOf = (url: string): Promise<string[]> =>
  sql(url, async (client) => {
    const { rows } = await client.query<{ line: string }>(`
      SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
        FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT format('constraint %s %s %s %s', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT format('function %s %s', proname, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT format('migration %s %s', migration_name, finished_at IS NOT NULL) FROM _prisma_migrations
      ORDER BY 1`);
    return rows.map(({ line }) => line);
  });
