import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorCode, errorLine, StartError } from '../start-error.js';
import type { Programs } from './embedded-programs.js';
import type { DatabaseUser } from './embedded-user.js';

const ROLE = 'parley';
const INIT_MS = 120_000;
const HALF_MADE = '.new-';

export type Making = {
  home: string;
  cluster: string;
  programs: Programs;
  user: DatabaseUser;
  signal: AbortSignal | undefined;
};

/** Made under another name and renamed when whole: a crash on the way leaves nothing that looks finished. */
export async function makeCluster({ home, cluster, programs, user, signal }: Making): Promise<void> {
  removeHalfMade(home);
  // A name of its own each time: the initdb of a killed Parley may still be writing.
  const beside = `${cluster}${HALF_MADE}${randomBytes(4).toString('hex')}`;
  const passwordFile = path.join(home, 'password');
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    `--pgdata=${beside}`,
    `--username=${ROLE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // A young database makes each of these files while everybody waits for it: 4 MiB take a few milliseconds, the usual 16 some 25.
    '--wal-segsize=4',
  ];
  const result = await runInitdb(programs.initdb, args, user, signal);
  if (result !== undefined) {
    rmSync(beside, { recursive: true, force: true });
    throw new StartError(`The database could not be made in ${home}: ${result}.`);
  }
  renameSync(beside, cluster);
  syncFolder(home);
}

export function removeHalfMade(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.includes(HALF_MADE)) continue;
    try {
      rmSync(path.join(home, name), { recursive: true, force: true });
    } catch {
      // Still being written to; the next start removes it.
    }
  }
}

/** @returns undefined when it went well, else the line that says why not */
function runInitdb(
  program: string,
  args: readonly string[],
  user: DatabaseUser,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      uid: user.uid,
      gid: user.gid,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      timeout: INIT_MS,
      killSignal: 'SIGKILL',
      signal,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4_000);
    });
    child.on('error', (error) => (signal?.aborted ? reject(error) : resolve(errorLine(error))));
    child.on('close', (code, killedBy) => {
      const why =
        said.split('\n').find((line) => /error|fatal|could not/i.test(line)) ?? `it ended with ${code ?? killedBy}`;
      resolve(code === 0 ? undefined : why.trim());
    });
  });
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function checkVersion(cluster: string, programs: Programs): void {
  let made: string;
  try {
    made = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'it is not a PostgreSQL database' : errorLine(error);
    throw new StartError(`The database in ${cluster} cannot be used: ${why}.`, { cause: error });
  }
  if (made !== programs.major)
    throw new StartError(
      `The database in ${cluster} was made by PostgreSQL ${made} and this Parley brings ${programs.major}. Dump it with the older version and restore it into an empty folder.`,
    );
}
