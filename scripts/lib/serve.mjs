import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guarded } from './guard.mjs';
import { packagedNode } from './install.mjs';
import { prepare } from './prepare.mjs';
import { serverEnv, serverFlags } from './server-flags.mjs';

const PARENT_CHECK_MS = 1_000;

/** Prepares what is stale, then runs the server until it ends; its exit code is ours. */
export async function serve() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (process.env.npm_lifecycle_event !== undefined) endWithNpm();
  await guarded(async () => {
    await prepare(root);
    runServer(root);
  });
}

/**
 * The server gets an IPC channel it never reads: the channel closes when we end, also by kill -9, and the server
 * stops then.
 */
function runServer(root) {
  const settings = path.join(root, '.env');
  const flags = [...serverFlags, ...(existsSync(settings) ? [`--env-file=${settings}`] : [])];
  const server = spawn(packagedNode(root), [...flags, path.join(root, 'dist', 'main.js')], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...serverEnv, ...process.env, NODE_ENV: process.env.NODE_ENV || 'production' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => server.kill(signal));
  }
  server.on('error', (error) => {
    console.error(`The server could not be started: ${error.message}.`);
    process.exit(1);
  });
  server.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** npm that is killed passes nothing on, and may have a shell between itself and us, which lives on: both are watched. */
function endWithNpm() {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** Our parent, and, where that is a shell, its parent: the one that may end without ending us is npm, not its caller. */
function ancestors() {
  const parent = process.ppid;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    return /^(ba|da|a|z|k)?sh$/.test(name)
      ? `${parent} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`
      : `${parent}`;
  } catch {
    return `${parent}`;
  }
}
