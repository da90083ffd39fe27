import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../start-error.js';

/** Who runs PostgreSQL, which refuses to run as root. Without `uid` it is whoever runs Parley. */
export type DatabaseUser = { name: string; uid?: number; gid?: number };

const SHARED_USER = 'postgres';
const OWN_USER = 'parley-db';
const COMMAND_MS = 10_000;

/**
 * As root: the owner of the database where there is one already, else the system's `postgres` user, else a system
 * user `parley-db` made for it.
 */
export function databaseUser(home: string): DatabaseUser {
  if (process.getuid?.() !== 0) return { name: process.env.USER ?? `uid ${process.getuid?.() ?? '?'}` };
  return ownerOf(home) ?? lookUp(SHARED_USER) ?? lookUp(OWN_USER) ?? create();
}

function ownerOf(folder: string): DatabaseUser | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || stat.uid === 0) return undefined;
  const name = run('id', ['-un', String(stat.uid)]);
  // PostgreSQL looks its user up by number and does not run for one that has no name.
  return name === undefined ? undefined : { name, uid: stat.uid, gid: stat.gid };
}

function lookUp(name: string): DatabaseUser | undefined {
  const [uid, gid] = [Number(run('id', ['-u', name])), Number(run('id', ['-g', name]))];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { name, uid, gid } : undefined;
}

function create(): DatabaseUser {
  run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_USER]);
  const made = lookUp(OWN_USER);
  if (made !== undefined) return made;
  throw new StartError(
    'Parley runs as root, PostgreSQL does not, and no user could be made for it. Run Parley as an ordinary user, or make a system user named postgres.',
  );
}

function run(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: COMMAND_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** The outermost folder of `target`'s path that this user may not pass through; undefined where all are open. */
export function closedFolder(target: string, { uid, gid }: DatabaseUser): string | undefined {
  const parts = path.resolve(target).split(path.sep).filter(Boolean);
  const folders = parts.map((_, index) =>
    path.join(path.parse(path.resolve(target)).root, ...parts.slice(0, index + 1)),
  );
  return folders.find((folder) => {
    const test = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], {
      uid,
      gid,
      cwd: '/',
      stdio: 'ignore',
      timeout: COMMAND_MS,
    });
    return test.status !== 0;
  });
}
