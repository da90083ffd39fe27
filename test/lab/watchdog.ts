import { rm } from 'node:fs/promises';
import { endProcesses } from './processes.ts';

/**
 * Runs beside every lab, as a process of its own: `node watchdog.ts FOLDER`. Its input is a pipe that the launcher
 * holds open. However the launcher ends, also by kill -9, the pipe closes, and the servers and the folder go.
 */
const folder = process.argv[2];
if (!folder) throw new Error('which lab folder?');

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
process.stdin.resume();
process.stdin.once('close', async () => {
  await endProcesses(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
});
