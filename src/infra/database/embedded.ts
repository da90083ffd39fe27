import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { errorLine, StartError } from '../start-error.js';
import { checkVersion, makeCluster, removeHalfMade } from './embedded-cluster.js';
import { stopOrphan } from './embedded-process.js';
import { findPrograms } from './embedded-programs.js';
import { Supervisor, type SupervisorOptions } from './embedded-supervisor.js';
import { closedFolder, type DatabaseUser, databaseUser } from './embedded-user.js';
import { fillWal } from './embedded-wal.js';

/** `log` hears what PostgreSQL writes, line by line, and what is done about it. */
export type EmbeddedOptions = SupervisorOptions & {
  /** An existing folder, locked by this process. */
  dataDir: string;
  /** Settings of PostgreSQL that go before the usual ones. */
  settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** Reaches the database through a socket file that only root and its own user can open. Holds the password. */
  readonly url: string;
  /** A clean shutdown; resolves when the processes are gone. */
  stop(): Promise<void>;
};

const ROLE = 'parley';
const DATABASE = 'parley';
/** A socket's address holds 104 bytes on macOS, 108 on Linux; the file's own name takes 20. */
const LONGEST_SOCKET_FOLDER = 80;

/**
 * A PostgreSQL of Parley's own, in `<dataDir>/postgres`: `cluster` (its files), `password` (0600) and its socket.
 * First start makes the cluster beside and renames it into place, so a half-made one is never used. Later starts end
 * what a crash left running. If it dies while Parley lives it is started again; if Parley dies its watchdog stops it.
 * @throws StartError where it cannot run, in one line
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const home = path.join(options.dataDir, 'postgres');
  const user = databaseUser(home);
  openHome(options.dataDir, home, user);
  const programs = findPrograms(options.dataDir, user);
  const cluster = path.join(home, 'cluster');
  const password = passwordOf(home);
  if (existsSync(cluster)) removeHalfMade(home);
  else {
    options.onProgress?.('making the database');
    await makeCluster({ home, cluster, programs, user, signal: options.signal });
  }
  checkVersion(cluster, programs);
  if ((await stopOrphan(cluster)) === 'stopped')
    options.log?.warn('stopped a PostgreSQL that a crash had left running');
  const sockets = await socketFolder(home, user);
  const url = `postgresql://${ROLE}:${password}@localhost/${DATABASE}?host=${encodeURIComponent(sockets)}`;
  const supervisor = new Supervisor(
    { programs, user, cluster, sockets, settings: options.settings ?? {} },
    url,
    options,
  );
  await supervisor.start();
  const stopping = new AbortController();
  void fillWal({ url, cluster, signal: stopping.signal }, (line) => options.log?.debug(line));
  return {
    url,
    stop: async () => {
      stopping.abort();
      await supervisor.stop();
      if (sockets !== home) rmSync(sockets, { recursive: true, force: true });
    },
  };
}

/** Makes the database's own folder, and sees that its user gets there. */
function openHome(dataDir: string, home: string, user: DatabaseUser): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (user.uid === undefined || user.gid === undefined) return;
    if (statSync(home).uid !== user.uid) chownSync(home, user.uid, user.gid);
    // The data folder is Parley's own, and what is private in it has modes of its own: it may be passed through.
    if ((statSync(dataDir).mode & 0o001) === 0) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  } catch (error) {
    throw new StartError(
      `The database's folder ${home} cannot be used: ${errorLine(error)}. Change its owner, or set PARLEY_DATA to another folder.`,
      { cause: error },
    );
  }
  const closed = closedFolder(home, user);
  if (closed !== undefined)
    throw new StartError(
      `The data folder ${dataDir} cannot be reached by the database's user "${user.name}" (Parley runs as root, PostgreSQL does not): ${closed} is closed to it. Set PARLEY_DATA to another folder, such as /var/lib/parley.`,
    );
}

/** Kept in the database's folder, so that a copy of that folder is complete. */
function passwordOf(home: string): string {
  const file = path.join(home, 'password');
  try {
    if (existsSync(file)) {
      const kept = readFileSync(file, 'utf8').trim();
      if (kept !== '') return kept;
    }
    if (existsSync(path.join(home, 'cluster')))
      throw new StartError(
        `The database's password file ${file} is missing. Restore it from a backup of the data folder.`,
      );
    const made = randomBytes(24).toString('base64url');
    writeFileSync(file, `${made}\n`, { mode: 0o600, flush: true });
    return made;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The database's folder ${home} cannot be used: ${errorLine(error)}. Change its owner, or set PARLEY_DATA to another folder.`,
      { cause: error },
    );
  }
}

/** The database's folder, or one with a shorter name where sockets cannot be made in it. */
async function socketFolder(home: string, user: DatabaseUser): Promise<string> {
  if (Buffer.byteLength(home) <= LONGEST_SOCKET_FOLDER && (await takesSockets(home))) return home;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

function takesSockets(folder: string): Promise<boolean> {
  const file = path.join(folder, '.socket-test');
  rmSync(file, { force: true });
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(file, () => server.close(() => resolve(true)));
  });
}
