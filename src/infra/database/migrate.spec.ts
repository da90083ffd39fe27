import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { migrate } from './migrate.js';

const TIMEOUT = 60_000;
let dataDir: string;
let migrations: string;
let server: EmbeddedPostgres;
let admin: Client;
let url: string;
let count = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-migrate-'));
  server = await startEmbeddedPostgres({ dataDir });
  admin = new Client({ connectionString: server.url });
  await admin.connect();
}, TIMEOUT);

afterAll(async () => {
  await admin.end();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, TIMEOUT);

beforeEach(async () => {
  count += 1;
  await admin.query(`CREATE DATABASE migrate_${count}`);
  const own = new URL(server.url);
  own.pathname = `/migrate_${count}`;
  url = own.href;
  migrations = mkdtempSync(path.join(os.tmpdir(), 'parley-migrations-'));
  write('0001_people', 'CREATE TABLE people (name text NOT NULL); CREATE INDEX people_name ON people (name);');
  write('0002_first', "INSERT INTO people VALUES ('Ada');");
});

afterEach(() => rmSync(migrations, { recursive: true, force: true }));

function write(name: string, sql: string): void {
  mkdirSync(path.join(migrations, name), { recursive: true });
  writeFileSync(path.join(migrations, name, 'migration.sql'), sql);
}

async function rows(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('applies each migration once, in order, and records it as prisma migrate deploy does', async () => {
  expect(await migrate(url, migrations)).toEqual(['0001_people', '0002_first']);
  expect(await migrate(url, migrations)).toEqual([]);
  write('0003_second', "INSERT INTO people VALUES ('Grace');");
  expect(await migrate(url, migrations)).toEqual(['0003_second']);
  expect(await rows('SELECT name FROM people')).toEqual([{ name: 'Ada' }, { name: 'Grace' }]);
  const recorded = await rows(
    'SELECT migration_name, checksum, applied_steps_count, finished_at >= started_at AS finished, rolled_back_at, logs FROM _prisma_migrations ORDER BY migration_name',
  );
  expect(recorded[1]).toEqual({
    migration_name: '0002_first',
    checksum: createHash('sha256').update("INSERT INTO people VALUES ('Ada');").digest('hex'),
    applied_steps_count: 1,
    finished: true,
    rolled_back_at: null,
    logs: null,
  });
});

test('a migration that fails leaves nothing of itself and keeps those before it', async () => {
  write('0003_bad', "INSERT INTO people VALUES ('Eve'); SELECT no_such_function();");
  await expect(migrate(url, migrations)).rejects.toThrow(
    /^The migration 0003_bad failed and was undone: function no_such_function/,
  );
  expect(await rows('SELECT name FROM people')).toEqual([{ name: 'Ada' }]);
  write('0003_bad', "INSERT INTO people VALUES ('Eve');");
  expect(await migrate(url, migrations)).toEqual(['0003_bad']);
});

test('two processes that migrate at once do the work once', async () => {
  const done = await Promise.all([migrate(url, migrations), migrate(url, migrations)]);
  expect(done.flat().sort()).toEqual(['0001_people', '0002_first']);
});

test('refuses a newer database, and one made by another file', async () => {
  await migrate(url, migrations);
  write('0002_first', "INSERT INTO people VALUES ('Changed');");
  await expect(migrate(url, migrations)).rejects.toThrow(
    'The migration 0002_first is not the file this database was made with',
  );
  rmSync(path.join(migrations, '0002_first'), { recursive: true });
  await expect(migrate(url, migrations)).rejects.toThrow(
    'The database is newer than this Parley: it has the migration 0002_first',
  );
});

test('an unreachable database is named without its password', async () => {
  const gone = 'postgresql://parley:hidden@127.0.0.1:1/parley';
  const failure = await migrate(gone, migrations, { connectMs: 0 }).catch((error: unknown) => error);
  expect(String(failure)).toContain('The database 127.0.0.1:1/parley cannot be used: connect ECONNREFUSED');
  expect(String(failure)).not.toContain('hidden');
  const wrong = new URL(url);
  wrong.password = 'hidden';
  await expect(migrate(wrong.href, migrations)).rejects.toThrow(/cannot be used: password authentication failed/);
});
