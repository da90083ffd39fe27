import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../start-error.js';
import type { Programs } from './embedded-programs.js';
import type { DatabaseUser } from './embedded-user.js';

const FAST_MS = 20_000;
const IMMEDIATE_MS = 5_000;
const LAST_LINES = 20;

/**
 * Runs beside PostgreSQL with a pipe to Parley as its input. The pipe closes when Parley ends, however it ends; then
 * PostgreSQL is asked to stop (INT: a fast, clean shutdown), and made to (QUIT) if it has not after 30 s.
 */
const WATCHDOG = `read -r _
kill -INT "$1" || exit 0
n=0
while kill -0 "$1" 2>/dev/null && [ "$n" -lt 300 ]; do sleep 0.1; n=$((n+1)); done
kill -QUIT "$1"`;

/** Settings for one small machine that must not lose a commit and should not wait for it longer than the disk does. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  superuser_reserved_connections: '2',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_wal_size: '512MB',
  min_wal_size: '160MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  jit: 'off',
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers_per_gather: '0',
  autovacuum_max_workers: '2',
  idle_in_transaction_session_timeout: '60s',
  log_min_messages: 'warning',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export type ServerProcess = {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** The last lines it wrote. */
  said(): readonly string[];
  /** A clean shutdown, then a hard one. Resolves when the process has ended. */
  stop(): Promise<void>;
};

export type ServerPlace = {
  programs: Programs;
  user: DatabaseUser;
  cluster: string;
  sockets: string;
  /** Settings that go before the usual ones. */
  settings: Readonly<Record<string, string>>;
};

/** Starts PostgreSQL and its watchdog; whether it answers is for the caller to find out. */
export function spawnServer(
  { programs, user, cluster, sockets, settings: asked }: ServerPlace,
  onLine: (line: string) => void,
): ServerProcess {
  const settings = Object.entries({ ...SETTINGS, ...asked, unix_socket_directories: sockets });
  const args = ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // Its own process group: a Ctrl-C in the terminal is for Parley, which then stops it in order.
  const child = spawn(programs.postgres, args, {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
  const ended = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  const { pid } = child;
  if (pid === undefined) throw new StartError(`PostgreSQL could not be started from ${programs.postgres}.`);
  const watchdog = spawnWatchdog(pid, user);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    onLine(line);
  });
  void ended.then(() => watchdog.kill('SIGKILL'));
  return { pid, ended, said: () => lines, stop: () => stopChild(child, ended) };
}

function spawnWatchdog(pid: number, { uid, gid }: DatabaseUser): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'parley-watchdog', String(pid)], {
    uid,
    gid,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin?.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const steps: readonly [NodeJS.Signals, number][] = [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', IMMEDIATE_MS],
  ];
  for (const [signal, ms] of steps) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}

/**
 * Ends a PostgreSQL that a crashed Parley left running on this cluster, and clears a pid file whose number now
 * belongs to some other program. Only for the holder of the folder's lock.
 */
export async function stopOrphan(cluster: string): Promise<'none' | 'stopped'> {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = pidIn(file);
  if (pid === undefined || !isAlive(pid)) return 'none';
  if (!servesCluster(pid, cluster)) {
    rmSync(file, { force: true });
    return 'none';
  }
  for (const [signal, ms] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', IMMEDIATE_MS],
  ] as const) {
    signalQuietly(pid, signal);
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      if (!isAlive(pid) || !servesCluster(pid, cluster)) return 'stopped';
      await sleep(25);
    }
  }
  throw new StartError(
    `A PostgreSQL left over from a crash (pid ${pid}) still holds ${cluster} and does not stop. End it by hand.`,
  );
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  return signalQuietly(pid, 0);
}

function signalQuietly(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A postmaster works in its cluster's folder; where there is no /proc, its command line names it. */
function servesCluster(pid: number, cluster: string): boolean {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: FAST_MS });
  return stdout.includes(cluster);
}
