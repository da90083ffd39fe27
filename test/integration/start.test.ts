import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The built server as `npm start` runs it. `npm test` builds it first. */
const MAIN = path.resolve('dist/main.js');
const READY = /Parley is ready at (http:\/\/\S+)/;
const isRoot = process.getuid?.() === 0;

type Run = { child: ChildProcess; out(): string; err(): string; exit: Promise<number | null> };

const runs: Run[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-start-'));
  chmodSync(folder, 0o755);
});

afterEach(async () => {
  for (const { child, exit } of runs.splice(0)) {
    child.kill('SIGTERM');
    await exit;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}, options: { uid?: number; ipc?: boolean } = {}): Run {
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    uid: options.uid,
    gid: options.uid,
    env: { PATH: process.env.PATH, PORT: '0', PARLEY_DATA: path.join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc === true ? (['ipc'] as const) : [])],
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const said = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
  const exit = once(child, 'exit').then(async () => {
    await Promise.all(said);
    return child.exitCode;
  });
  const run = { child, out: () => out, err: () => err, exit };
  runs.push(run);
  return run;
}

async function ready(run: Run): Promise<string> {
  const address = vi.waitFor(() => READY.exec(run.out())?.[1] ?? Promise.reject(new Error(`not ready: ${run.err()}`)), {
    timeout: 45_000,
    interval: 20,
  });
  const ended = run.exit.then((code) => Promise.reject(new Error(`ended with ${code}: ${run.err()}`)));
  return Promise.race([address, ended]);
}

/** A start that must fail: its exit code and its lines on stderr. */
async function refused(env: Record<string, string> = {}, options: { uid?: number } = {}): Promise<string[]> {
  const run = start(env, options);
  expect(await run.exit).toBe(1);
  return run.err().trim().split('\n');
}

const cluster = () => path.join(folder, 'data/postgres/cluster');

/** Processes that work in our cluster's folder or watch over it. */
function databaseProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return /^\d+$/.test(pid) && line.includes(cluster()) && !line.includes('vitest');
    } catch {
      return false;
    }
  });
}

const allGone = () => vi.waitFor(() => expect(databaseProcesses()).toEqual([]), { timeout: 30_000, interval: 50 });

test('starts from nothing, serves, stops cleanly on SIGTERM, and again with the same data', async () => {
  const first = start();
  const address = await ready(first);
  expect((await fetch(`${address}/api/v1/health`)).status).toBe(200);
  expect(databaseProcesses()).not.toEqual([]);
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
  expect(first.err()).toBe('');
  await allGone();
  const second = start();
  await ready(second);
  second.child.kill('SIGINT');
  expect(await second.exit).toBe(0);
  await allGone();
});

test('stops when the process that started it is gone', async () => {
  const run = start({}, { ipc: true });
  await ready(run);
  run.child.disconnect();
  expect(await run.exit).toBe(0);
  await allGone();
});

test('asked to stop while it still starts, it leaves nothing running', async () => {
  const run = start();
  await vi.waitFor(() => expect(existsSync(path.join(folder, 'data/postgres'))).toBe(true), {
    timeout: 20_000,
    interval: 5,
  });
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
  await allGone();
});

test('killed -9, over and over, it always starts again', { timeout: 180_000 }, async () => {
  for (const delayMs of [50, 250, 450, 650, 850, 1_200]) {
    const run = start();
    await Promise.race([run.exit, new Promise((resolve) => setTimeout(resolve, delayMs))]);
    run.child.kill('SIGKILL');
    await run.exit;
    expect(run.err()).toBe('');
  }
  await ready(start());
});

test('a second Parley on the same data is refused with the pid of the first, which goes on', async () => {
  const first = start();
  const address = await ready(first);
  const lines = await refused();
  expect(lines).toEqual([
    `Another Parley (pid ${first.child.pid}) is using ${path.join(folder, 'data')}. Stop it, or set PARLEY_DATA to another folder.`,
  ]);
  expect((await fetch(`${address}/api/v1/health`)).status).toBe(200);
});

test('a port in use is one line, and nothing is left running', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const lines = await refused({ PORT: port });
  other.close();
  expect(lines).toEqual([
    `Port ${port} on 127.0.0.1 is in use by another program. Stop that program, or set PORT to another port.`,
  ]);
  await allGone();
});

test('every wrong setting has its line', async () => {
  const lines = await refused({ PORT: 'eighty', LOG_LEVEL: 'loud', S3_URL: 's3://bucket', PARLEY_SECRET_KEY: 'short' });
  expect(lines).toHaveLength(4);
  expect(lines.map((line) => line.split(' ', 1)[0])).toEqual(['PORT', 'S3_URL', 'PARLEY_SECRET_KEY', 'LOG_LEVEL']);
  expect(existsSync(path.join(folder, 'data'))).toBe(false);
});

test('an unreachable database is one line without its password', async () => {
  const lines = await refused({ DATABASE_URL: 'postgresql://parley:hush@127.0.0.1:1/parley' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^The database 127\.0\.0\.1:1\/parley cannot be used: .*ECONNREFUSED/);
  expect(lines[0]).not.toContain('hush');
});

test('a file where the data folder should be is one line', async () => {
  writeFileSync(path.join(folder, 'data'), 'not a folder');
  expect(await refused()).toEqual([
    `The data folder ${folder}/data cannot be used: it, or a part of its path, is not a folder. Set PARLEY_DATA to a folder.`,
  ]);
});

test('a folder that is no database where the database should be is one line', async () => {
  mkdirSync(cluster(), { recursive: true });
  writeFileSync(path.join(folder, 'data/postgres/password'), 'x\n');
  const lines = await refused();
  expect(lines).toEqual([`The database in ${cluster()} cannot be used: it is not a PostgreSQL database.`]);
});

const NOBODY = 65_534;
/** In a checkout that is closed to others, another user cannot run it at all. */
const othersCanRun =
  isRoot && spawnSync(process.execPath, ['--check', MAIN], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;

test.runIf(othersCanRun)('an ordinary user and a data folder that is not theirs: one line', async () => {
  mkdirSync(path.join(folder, 'data'), { mode: 0o700 });
  const lines = await refused({}, { uid: NOBODY });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^The data folder .*\/data cannot be used: .*uid 65534.* may not read and write it/);
});

test.runIf(isRoot)('as root, a data folder behind a closed folder: one line that names it', async () => {
  chmodSync(folder, 0o700);
  const lines = await refused();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`${folder} is closed to it. Set PARLEY_DATA to another folder`);
});

test.runIf(othersCanRun)('an ordinary user runs all of it', async () => {
  mkdirSync(path.join(folder, 'data'));
  chownSync(path.join(folder, 'data'), NOBODY, NOBODY);
  const run = start({}, { uid: NOBODY });
  await ready(run);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
  await allGone();
});
