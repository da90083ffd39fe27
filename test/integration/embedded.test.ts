import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/infra/database/embedded.js';
import { eventually } from '../support/parley.js';

const TIMEOUT = 60_000;
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function folder(): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'parley-db-'));
  cleanUps.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function start(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, ...options });
  cleanUps.push(() => database.stop());
  return database;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(dataDir: string): number {
  return Number.parseInt(readFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody reaps is dead for our purpose.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A separate process that runs `code` with `startEmbeddedPostgres` at hand; it can be killed -9. */
async function otherProcess(dataDir: string, until: (said: string) => boolean): Promise<void> {
  const source = JSON.stringify(path.resolve('src/infra/database/embedded.ts'));
  const code = `const { startEmbeddedPostgres } = await import(${source});
    await startEmbeddedPostgres({ dataDir: process.argv[1], onProgress: (line) => process.stdout.write(line) });
    process.stdout.write('up');
    setInterval(() => {}, 1000);`;
  const loader = path.resolve('scripts/lib/typescript-imports.mjs');
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', code, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (until(said)) break;
  }
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('a database survives a stop and a start, commits durably and leaves no process', {
  timeout: TIMEOUT,
}, async () => {
  const dataDir = folder();
  const first = await start(dataDir);
  await query(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
  const settings = await query(
    first.url,
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'jit', 'listen_addresses', 'wal_segment_size') ORDER BY name",
  );
  expect(settings).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'jit', setting: 'off' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
    { name: 'wal_segment_size', setting: String(4 * 1024 * 1024) },
  ]);
  expect(statSync(path.join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600);
  const pid = postmaster(dataDir);
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
});

test('a young database has the files of its log beforehand', {
  timeout: TIMEOUT,
}, async () => {
  const { url } = await start(folder());
  const ahead = `SELECT count(*)::int AS files FROM pg_ls_waldir() WHERE name > pg_walfile_name(pg_current_wal_lsn())`;
  await query(url, 'CREATE TABLE kept (word text)');
  await eventually(
    async () => ((await query(url, ahead)) as { files: number }[]).some(({ files }) => files >= 30) || undefined,
    30_000,
  );
});

test('a wrong password is refused', { timeout: TIMEOUT }, async () => {
  const { url } = await start(folder());
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

test('killed -9, the server takes its database with it', { timeout: TIMEOUT }, async () => {
  const dataDir = folder();
  await otherProcess(dataDir, (said) => said.endsWith('up'));
  const pid = postmaster(dataDir);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000, interval: 20 });
});

test('an orphan that outlived server and watchdog is stopped by the next start, which recovers', {
  timeout: TIMEOUT,
}, async () => {
  const dataDir = folder();
  const first = await start(dataDir);
  await query(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
  await first.stop();
  await otherProcess(dataDir, (said) => {
    if (said.endsWith('up')) spawnSync('pkill', ['-9', '-f', `parley-watchdog ${postmaster(dataDir)}$`]);
    return said.endsWith('up');
  });
  const orphan = postmaster(dataDir);
  expect(isAlive(orphan)).toBe(true);
  const second = await start(dataDir);
  expect(isAlive(orphan)).toBe(false);
  expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
});

test('a first start killed half way is done again', { timeout: TIMEOUT }, async () => {
  const dataDir = folder();
  await otherProcess(dataDir, (said) => said.includes('making the database'));
  expect(existsSync(path.join(dataDir, 'postgres/cluster'))).toBe(false);
  const { url } = await start(dataDir);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a pid file whose number belongs to another program is no obstacle', { timeout: TIMEOUT }, async () => {
  const dataDir = folder();
  const first = await start(dataDir);
  await first.stop();
  writeFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), `${process.pid}\n`);
  const { url } = await start(dataDir);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a killed database is started again under the same address', { timeout: TIMEOUT }, async () => {
  const dataDir = folder();
  const { url } = await start(dataDir);
  const pid = postmaster(dataDir);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]), {
    timeout: 30_000,
    interval: 50,
  });
  expect(postmaster(dataDir)).not.toBe(pid);
});

test('a database that keeps dying is started again at once, then after a minute', { timeout: TIMEOUT }, async () => {
  const dataDir = folder();
  const pauses: number[] = [];
  const { url } = await start(dataDir, { pause: async (ms) => pauses.push(ms) });
  for (let death = 1; death <= 7; death += 1) {
    const pid = postmaster(dataDir);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(
      async () => {
        expect(postmaster(dataDir)).not.toBe(pid);
        expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      },
      { timeout: 30_000, interval: 50 },
    );
    // One that is hit before its supervisor has seen it answer counts twice, and rests shortly.
    if (death < 3) expect(pauses).not.toContain(60_000);
  }
  expect(pauses).toContain(60_000);
});

test.runIf(process.getuid?.() === 0)(
  'as root: a folder closed to the database user is named; the data folder itself is opened',
  { timeout: TIMEOUT },
  async () => {
    const outer = folder();
    const dataDir = path.join(outer, 'data');
    mkdirSync(dataDir);
    chmodSync(outer, 0o700);
    await expect(start(dataDir)).rejects.toThrow(new RegExp(`${outer} is closed to it`));
    chmodSync(outer, 0o711);
    chmodSync(dataDir, 0o700);
    const { url } = await start(dataDir);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  },
);
