import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { z } from 'zod';

export const tableNotes = z.array(
  z.object({
    name: z.string().regex(/^[a-z_]+$/),
    columns: z.array(z.string().regex(/^[A-Za-z_]+$/)),
    rows: z.number(),
  }),
);
export type TableNote = z.infer<typeof tableNotes>[number];
export type Dumped = { tables: TableNote[]; migrations: string[] };

const LEDGER = '_prisma_migrations';
/** Processes that run now. */
const NODES = 'nodes';
/** What was seen after the backup was made is never numbered so again: clients and webhooks that saw it miss nothing. */
const REVISION_GAP = 1_000_000_000;
export const IN_DOUBT =
  'This was waiting when the backup was made, and may have been sent between then and the restore.';

const quoted = (name: string) => `"${name}"`;
const columnsOf = ({ columns }: TableNote) => columns.map(quoted).join(', ');

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'parley-backup',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Writes every table into `<folder>/<name>.copy`, all as of one moment, while Parley may go on. */
export function dumpTables(url: string, folder: string, signal: AbortSignal): Promise<Dumped> {
  return connected(url, async (client) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ name: string; columns: string[] }>(
      `SELECT c.table_name AS name, array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> ALL ($1) AND c.is_generated = 'NEVER'
       GROUP BY 1 ORDER BY 1`,
      [[LEDGER, NODES]],
    );
    const tables: TableNote[] = [];
    for (const { name, columns } of rows) {
      const note = { name, columns, rows: 0 };
      const copy = client.query(copyTo(`COPY ${quoted(name)} (${columnsOf(note)}) TO STDOUT`));
      await pipeline(copy, createWriteStream(path.join(folder, `${name}.copy`), { mode: 0o600 }), { signal });
      tables.push({ ...note, rows: copy.rowCount });
    }
    const { rows: ledger } = await client.query<{ name: string }>(
      `SELECT migration_name AS name FROM ${quoted(LEDGER)} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    );
    await client.query('COMMIT');
    return { tables, migrations: ledger.map(({ name }) => name) };
  });
}

/** Whether anybody has used the database. */
export const hasUsers = (url: string): Promise<boolean> =>
  connected(url, async (client) => (await client.query('SELECT 1 FROM users LIMIT 1')).rowCount !== 0);

/**
 * Fills the tables of a fresh database of the same migrations, in one transaction: whole or not at all. What was due
 * may have been sent since the backup, so it is in doubt, for its user to decide.
 * @throws Error where a table holds another number of rows than was dumped
 */
export function loadTables(
  url: string,
  folder: string,
  tables: readonly TableNote[],
  signal: AbortSignal,
): Promise<void> {
  return connected(url, async (client) => {
    await client.query('BEGIN');
    const { rows: keys } = await client.query<{ on: string; name: string; definition: string }>(
      `SELECT conrelid::regclass::text AS on, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
    );
    for (const key of keys) await client.query(`ALTER TABLE ${key.on} DROP CONSTRAINT ${key.name}`);
    for (const note of tables) {
      const copy = client.query(copyFrom(`COPY ${quoted(note.name)} (${columnsOf(note)}) FROM STDIN`));
      await pipeline(createReadStream(path.join(folder, `${note.name}.copy`)), copy, { signal });
      if (copy.rowCount !== note.rows)
        throw new Error(`the table ${note.name} has ${copy.rowCount} of its ${note.rows} rows`);
    }
    for (const key of keys) await client.query(`ALTER TABLE ${key.on} ADD CONSTRAINT ${key.name} ${key.definition}`);
    await client.query(
      `UPDATE deliveries SET status = 'unknown', reason = $1
       WHERE status = 'sending' OR (status = 'queued' AND due_at <= now())`,
      [IN_DOUBT],
    );
    await client.query(
      `UPDATE attempts SET outcome = 'unknown', reason = $1, ended_at = now() WHERE outcome = 'sending'`,
      [IN_DOUBT],
    );
    await client.query('UPDATE users SET rev = rev + $1', [REVISION_GAP]);
    const held = tables.some(({ name, columns }) => name === 'users' && columns.includes('holder'));
    if (held) await client.query('UPDATE users SET holder = NULL');
    await client.query('COMMIT');
  });
}
