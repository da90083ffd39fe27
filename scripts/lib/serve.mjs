import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guarded } from './guard.mjs';
import { packagedNode } from './install.mjs';
import { prepare } from './prepare.mjs';

const PARENT_CHECK_MS = 1_000;

/** Prepares what is stale, then runs the server until it ends; its exit code is ours. */
export async function serve() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const parent = process.ppid;
  await guarded(async () => {
    await prepare(root);
    runServer(root, parent);
  });
}

/**
 * The server gets an IPC channel it never reads: the channel closes when we end, also by kill -9, and the server
 * stops then. In turn we end when npm, which started us, is gone.
 */
function runServer(root, parent) {
  const server = spawn(
    packagedNode(root),
    ['--enable-source-maps', `--env-file-if-exists=${path.join(root, '.env')}`, path.join(root, 'dist', 'main.js')],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: process.env.NODE_ENV || 'production' },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => server.kill(signal));
  }
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => {
      if (process.ppid !== parent) server.kill('SIGTERM');
    }, PARENT_CHECK_MS).unref();
  server.on('error', (error) => {
    console.error(`The server could not be started: ${error.message}.`);
    process.exit(1);
  });
  server.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
