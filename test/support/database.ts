import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/infra/database/embedded.js';
import { migrate } from '../../src/infra/database/migrate.js';
import { copyPrepared } from './prepared-database.js';

export type TestDatabase = { url: string; stop(): Promise<void> };

/**
 * An empty, migrated database: in a server of its own, or, where PARLEY_TEST_POSTGRES names one that may be used,
 * a scratch database there.
 * @param settings of a server of its own
 */
export async function startDatabase(settings: Record<string, string> = {}): Promise<TestDatabase> {
  const shared = process.env.PARLEY_TEST_POSTGRES;
  const database = shared === undefined ? await ownServer(settings) : await scratch(shared);
  await migrate(database.url, path.resolve('prisma/migrations'));
  return database;
}

async function ownServer(settings: Record<string, string>): Promise<TestDatabase> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-test-db-'));
  await copyPrepared(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, settings });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function scratch(admin: string): Promise<TestDatabase> {
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  await run(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => run(admin, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
