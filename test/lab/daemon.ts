import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markName } from './processes.ts';
import { type Site, userIds } from './site.ts';
import { until } from './wait.ts';

export type DaemonSpec = {
  name: string;
  program: string;
  args: string[];
  /** The system user it runs as when the lab is started by root. */
  user?: string;
  /** Where it keeps its data; its output goes to `output.log` in it, other logs are named in `logs`. */
  room: string;
  logs?: string[];
  /** Throws until the server answers in its own protocol. */
  ready(): Promise<unknown>;
  /** Milliseconds it may take to answer; 15,000 by default. */
  patienceMs?: number;
  env?: Record<string, string>;
  /** Milliseconds between asking it to stop and killing it; 3,000 by default. */
  graceMs?: number;
};

export interface Daemon {
  /** Resolves when it answers; rejects with the end of its log when it exits or stays silent. */
  up(): Promise<void>;
  /** Resolves when the process and its whole group are gone. */
  down(): Promise<void>;
  /** Of the process while it is up. */
  pid(): number | undefined;
}

export class DaemonFailed extends Error {
  /** The program broke, rather than refused. */
  crashed = false;
}

export function daemon(site: Site, spec: DaemonSpec): Daemon {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();

  const failure = (why: string, cause?: unknown) =>
    new DaemonFailed(`${spec.name} ${why}\n${logTail(spec)}`, { cause });

  async function down(): Promise<void> {
    const running = child;
    child = undefined;
    if (running?.pid === undefined) return;
    running.ref();
    running.kill('SIGTERM');
    const killer = setTimeout(() => killGroup(running.pid), spec.graceMs ?? 3_000);
    await exited;
    clearTimeout(killer);
    await groupGone(running.pid, spec.name);
  }

  async function start(): Promise<void> {
    const output = openSync(join(spec.room, 'output.log'), 'a');
    const started = spawn(spec.program, spec.args, {
      cwd: spec.room,
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC', [markName]: site.folder, ...spec.env },
      ...userIds(spec.user),
    });
    closeSync(output);
    started.unref();
    child = started;
    let ended: DaemonFailed | undefined;
    exited = new Promise((resolve) => {
      const end = (why: string, signal: NodeJS.Signals | null = null) => {
        ended = failure(why);
        ended.crashed = signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS';
        if (child === started) child = undefined;
        resolve();
      };
      started.once('exit', (code, signal) => end(`ended with ${signal ?? `code ${code}`}`, signal));
      started.once('error', (error) => end(`did not start: ${error.message}`));
    });
    try {
      await until(spec.name, spec.ready, spec.patienceMs ?? 15_000, () => {
        if (ended) throw ended;
      });
    } catch (error) {
      await down();
      throw error instanceof DaemonFailed ? error : failure('did not answer', error);
    }
    if (ended) throw ended;
  }

  return {
    down,
    pid: () => child?.pid,
    /** Kannel's smsbox breaks now and then as it starts; a second try tells that from a real fault. */
    async up() {
      if (child) return;
      try {
        await start();
      } catch (error) {
        if (!(error instanceof DaemonFailed && error.crashed)) throw error;
        await start();
      }
    },
  };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}

async function groupGone(pid: number, name: string): Promise<void> {
  let tries = 0;
  await until(`the end of ${name}`, () => {
    if (!groupLives(pid)) return;
    if (++tries > 50) killGroup(pid);
    throw new Error(`process group ${pid} lives on`);
  });
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function logTail(spec: DaemonSpec): string {
  return [join(spec.room, 'output.log'), ...(spec.logs ?? [])]
    .map((file) => {
      try {
        return readFileSync(file, 'utf8').slice(-1_500);
      } catch {
        return '';
      }
    })
    .join('\n')
    .trim();
}
