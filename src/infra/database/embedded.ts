import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode, errorLine, StartError } from '../start-error.js';
import { type ServerPlace, type ServerProcess, spawnServer, stopOrphan } from './embedded-process.js';
import { findPrograms, type Programs } from './embedded-programs.js';
import { closedFolder, type DatabaseUser, databaseUser } from './embedded-user.js';

export type EmbeddedOptions = {
  /** An existing folder, locked by this process. */
  dataDir: string;
  /** What PostgreSQL writes, line by line, and what is done about it. */
  log?: { debug(line: string): void; warn(line: string): void };
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
};

export type EmbeddedPostgres = {
  /** Reaches the database through a socket file that only root and its own user can open. Holds the password. */
  readonly url: string;
  /** A clean shutdown; resolves when the processes are gone. */
  stop(): Promise<void>;
};

const ROLE = 'parley';
const DATABASE = 'parley';
const READY_MS = 120_000;
/** A start that takes longer is replaying what a crash left. */
const SLOW_START_MS = 1_500;
const INIT_MS = 120_000;
/** A socket's address holds 104 bytes on macOS, 108 on Linux; the file's own name takes 20. */
const LONGEST_SOCKET_FOLDER = 80;
const HALF_MADE = '.new-';
const RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;

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
  const supervisor = new Supervisor({ programs, user, cluster, sockets }, url, options);
  await supervisor.start();
  return {
    url,
    stop: async () => {
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

type Making = {
  home: string;
  cluster: string;
  programs: Programs;
  user: DatabaseUser;
  signal: AbortSignal | undefined;
};

/** Made under another name and renamed when whole: a crash on the way leaves nothing that looks finished. */
async function makeCluster({ home, cluster, programs, user, signal }: Making): Promise<void> {
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
  ];
  const result = await runInitdb(programs.initdb, args, user, signal);
  if (result !== undefined) {
    rmSync(beside, { recursive: true, force: true });
    throw new StartError(`The database could not be made in ${home}: ${result}.`);
  }
  renameSync(beside, cluster);
  syncFolder(home);
}

function removeHalfMade(home: string): void {
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

function checkVersion(cluster: string, programs: Programs): void {
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

/** Keeps one PostgreSQL running until it is told to stop. */
class Supervisor {
  readonly #place: ServerPlace;
  readonly #url: string;
  readonly #options: EmbeddedOptions;
  readonly #stopping = new AbortController();
  #server: ServerProcess | undefined;
  #deaths: number[] = [];

  constructor(place: ServerPlace, url: string, options: EmbeddedOptions) {
    this.#place = place;
    this.#url = url;
    this.#options = options;
  }

  async start(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    for (;;) {
      const server = spawnServer(this.#place, (line) => this.#options.log?.debug(line));
      this.#server = server;
      const outcome = await this.#untilReady(server, deadline);
      if (outcome === 'ready') {
        void server.ended.then(() => this.#onDeath());
        return;
      }
      await server.stop();
      if (this.#aborted()) throw new StartError('The start was broken off.');
      // What a killed PostgreSQL leaves behind (its memory, its children) goes away by itself within moments.
      const passing = server.said().some((line) => /pre-existing shared memory|lock file .* already exists/.test(line));
      if (!passing || performance.now() >= deadline) throw failed(server, outcome);
      await sleep(250);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server?.stop();
  }

  #aborted(): boolean {
    return this.#stopping.signal.aborted || this.#options.signal?.aborted === true;
  }

  async #untilReady(server: ServerProcess, deadline: number): Promise<string> {
    let dead = false;
    void server.ended.then(() => {
      dead = true;
    });
    const since = performance.now();
    for (let said = false; !dead && !this.#aborted(); ) {
      const answer = await tryDatabase(this.#url);
      if (answer === 'ready') return answer;
      if (performance.now() >= deadline) return answer;
      if (answer.includes('starting up') && !said && performance.now() - since > SLOW_START_MS) {
        said = true;
        this.#options.onProgress?.('recovering the database after a crash');
      }
      await sleep(20);
    }
    return 'it ended';
  }

  async #onDeath(): Promise<void> {
    if (this.#aborted()) return;
    this.#options.log?.warn('PostgreSQL ended by itself and is started again');
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < RESTART_WINDOW_MS), now];
    try {
      if (this.#deaths.length > RESTARTS) await sleep(RESTART_WINDOW_MS, undefined, { signal: this.#stopping.signal });
      await this.start();
    } catch (error) {
      if (this.#aborted()) return;
      this.#options.log?.warn(errorLine(error));
      await sleep(RESTART_WINDOW_MS / RESTARTS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      await this.#onDeath();
    }
  }
}

/** Connects, and makes the database on the first time. Answers `ready` or what is in the way. */
async function tryDatabase(url: string): Promise<string> {
  const own = new URL(url);
  own.pathname = '/postgres';
  const client = new Client({ connectionString: own.href, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return 'ready';
  } catch (error) {
    return errorLine(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function failed(server: ServerProcess, outcome: string): StartError {
  const line = server.said().find((said) => /FATAL|PANIC/.test(said)) ?? server.said().at(-1) ?? outcome;
  return new StartError(
    `The embedded PostgreSQL does not start: ${line.replace(/^.*?(FATAL|PANIC|ERROR): +/, '').trim()}.`,
  );
}
