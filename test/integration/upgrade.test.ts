import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/infra/database/migrate.js';
import { createPool } from '../../src/infra/database/pool.js';
import { createPrisma } from '../../src/infra/database/prisma.js';
import { ChangeLog } from '../../src/infra/database/views/changes.js';
import { startDatabase, type TestDatabase } from '../support/database.js';
import { MIGRATIONS, makeRelease, RELEASES, rowsOf, sql } from '../support/releases.js';

const USER = '00000000-0000-7000-8000-000000000001';

let server: TestDatabase;

beforeAll(async () => {
  server = await startDatabase();
});
afterAll(() => server.stop());

/** A database of its own, with the schema and the rows of that release. */
async function asReleased(file: string): Promise<string> {
  const name = `release_${file.replaceAll(/\W/g, '_')}`;
  await sql(server.url, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await makeRelease(url.href, file);
  return url.href;
}

describe.each(readdirSync(RELEASES))('from %s', (file) => {
  test('every row is there after the upgrade, and a client is told of it all', async () => {
    const url = await asReleased(file);
    const before = await rowsOf(url);
    expect(Object.values(before).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(15);
    const applied = await migrate(url, MIGRATIONS);
    expect(applied.length).toBeGreaterThan(0);
    expect(await rowsOf(url)).toMatchObject(before);
    expect(await migrate(url, MIGRATIONS)).toEqual([]);

    const [pool, prisma] = [createPool(url, () => {}), createPrisma(url)];
    try {
      const log = new ChangeLog(pool, prisma, {
        adapters: new Map(),
        filesAsLinks: false,
        setup: () => [],
        keeps: () => undefined,
        resting: () => undefined,
        features: () => undefined,
      });
      const { changes } = await log.since(USER, 0, 100);
      const told = JSON.stringify(changes);
      for (const text of ['hello', 'waits', 'half a', 'Ada', '#parley', 'a.txt', '👍']) expect(told).toContain(text);
    } finally {
      await Promise.all([pool.end(), prisma.$disconnect()]);
    }
  });
});
