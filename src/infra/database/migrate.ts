import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { z } from 'zod';
import { errorCode, errorLine, StartError } from '../start-error.js';

export type MigrateOptions = {
  /** How long to wait for a database that does not answer yet. */
  connectMs?: number;
  /** How long to wait for another process that is migrating. */
  lockMs?: number;
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
};

type Migration = { name: string; sql: string; checksum: string };

/** The advisory lock that Prisma's own migrate takes, so that both exclude each other. */
const MIGRATE_LOCK = 72707369;
const OLDEST_SERVER = 150000;

/** The table as `prisma migrate deploy` makes it. */
const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

const ledgerRows = z.array(
  z.object({ migration_name: z.string(), checksum: z.string(), finished: z.boolean(), rolled_back: z.boolean() }),
);

/**
 * Brings the database up to the migrations in `folder` (`<name>/migration.sql`, in the order of their names).
 * Each is one transaction together with its row in `_prisma_migrations`, so a crash leaves it whole or absent, and
 * `prisma migrate deploy` agrees with the outcome.
 * @returns the names applied now
 * @throws StartError where the database cannot be reached, is newer than the folder, or was migrated by other files
 */
export async function migrate(url: string, folder: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = await connect(url, options);
  try {
    await takeLock(client, options);
    await client.query(LEDGER);
    const pending = await pendingMigrations(client, migrations);
    for (const migration of pending) {
      options.signal?.throwIfAborted();
      options.onProgress?.(`applying migration ${migration.name}`);
      await apply(client, migration);
    }
    return pending.map((migration) => migration.name);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Waits for a database that is still starting; anything else that is wrong with it is told at once. */
async function connect(url: string, { connectMs = 5_000, signal }: MigrateOptions): Promise<Client> {
  const deadline = performance.now() + connectMs;
  for (;;) {
    signal?.throwIfAborted();
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      application_name: 'parley-migrate',
    });
    // A connection lost later also rejects the query under way; unheard, the event would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isPassing(error) || performance.now() >= deadline) throw unreachable(url, error);
      await sleep(250, undefined, { signal });
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EAI_AGAIN', '57P03', '53300']);

function isPassing(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isPassing);
  const code = errorCode(error);
  return code !== undefined && PASSING.has(code);
}

function unreachable(url: string, error: unknown): StartError {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return new StartError(`The database ${safeUrl(url)} cannot be used: ${errorLine(first)}.`, { cause: error });
}

/** The address without what must not be printed. */
function safeUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '(DATABASE_URL)';
  const port = parsed.port === '' ? '' : `:${parsed.port}`;
  return `${parsed.searchParams.get('host') ?? parsed.hostname}${port}${parsed.pathname}`;
}

async function takeLock(client: Client, { lockMs = 60_000, signal, onProgress }: MigrateOptions): Promise<void> {
  const deadline = performance.now() + lockMs;
  for (let first = true; ; first = false) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATE_LOCK]);
    if (rows[0]?.taken === true) return;
    if (performance.now() >= deadline)
      throw new StartError(
        'The database is being migrated by another process, which does not finish. Stop it and start again.',
      );
    if (first) onProgress?.('waiting for another process that migrates the database');
    await sleep(250, undefined, { signal });
  }
}

/** What is still to apply; refuses a database that these files did not make. */
async function pendingMigrations(client: Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const version = await client.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
  if ((version.rows[0]?.number ?? 0) < OLDEST_SERVER)
    throw new StartError(
      `The database is PostgreSQL ${Math.floor((version.rows[0]?.number ?? 0) / 10000)}; Parley needs 15 or newer.`,
    );
  const { rows } = await client.query(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolled_back FROM "_prisma_migrations" ORDER BY started_at',
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const row of ledgerRows.parse(rows)) {
    if (row.rolled_back) continue;
    const migration = known.get(row.migration_name);
    if (migration === undefined)
      throw new StartError(
        `The database is newer than this Parley: it has the migration ${row.migration_name}. Install the newer version, or restore a backup made by this one.`,
      );
    if (!row.finished)
      throw new StartError(
        `The migration ${row.migration_name} was begun by another tool and never finished. Settle it with "prisma migrate resolve", then start again.`,
      );
    if (row.checksum !== migration.checksum)
      throw new StartError(
        `The migration ${row.migration_name} is not the file this database was made with. Restore the original file.`,
      );
    applied.add(row.migration_name);
  }
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query(
      'INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count") VALUES ($1, $2, $3, now(), clock_timestamp(), 1)',
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const where =
      error instanceof DatabaseError && error.position !== undefined ? ` at character ${error.position}` : '';
    throw new StartError(`The migration ${migration.name} failed and was undone: ${errorLine(error)}${where}.`, {
      cause: error,
    });
  }
}
