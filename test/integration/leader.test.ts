import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Leader } from '../../src/infra/database/leader.js';
import { startDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/parley.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

/** Takes the lead in a process of its own, and says whether it has it. */
const OTHER = `
const { Leader } = await import(process.argv[1]);
const leader = new Leader(process.argv[2]);
console.log('leads ' + await leader.leads());
setInterval(() => {}, 1000);`;

test('one of two processes leads; killed, the other does; cut off, it knows that it does not', async () => {
  const module = new URL('../../src/infra/database/leader.ts', import.meta.url).href;
  const other = spawn(process.execPath, ['--input-type=module', '-e', OTHER, module, database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(other.stdout, 'data');
  expect(String(said)).toBe('leads true\n');
  const leader = new Leader(database.url);
  expect(await leader.leads()).toBe(false);
  other.kill('SIGKILL');
  await eventually(() => leader.leads());
  const third = new Leader(database.url);
  expect(await third.leads()).toBe(false);
  const admin = new pg.Client(database.url);
  await admin.connect();
  await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley-leader'`);
  await admin.end();
  expect(await leader.leads()).toBe(false);
  await eventually(() => third.leads());
  expect(await leader.leads()).toBe(false);
  await third.release();
  await eventually(() => leader.leads());
  await leader.release();
});
