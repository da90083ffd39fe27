import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.js';
import { openDataFolder } from '../config/data-folder.js';
import { readKeyFile } from '../config/key-file.js';
import { startEmbeddedPostgres } from '../database/embedded.js';
import { type FolderLock, lockFolder } from '../database/folder-lock.js';
import { migrate } from '../database/migrate.js';
import { StartError } from '../start-error.js';
import { pack, unpack } from './archive.js';
import { dumpTables, hasUsers, loadTables, tableNotes } from './tables.js';

const manifest = z.object({
  parley: z.literal(1),
  at: z.string(),
  migrations: z.array(z.string().regex(/^\w+$/)),
  tables: tableNotes,
  /** Of the key that opens what is sealed; null where nothing was. */
  key: z.string().nullable(),
});
type Manifest = z.infer<typeof manifest>;

const NOTE = 'parley-backup.json';
const KEY_FILE = 'secret.key';

export type BackupOptions = { config: Config; file: string; withKey: boolean; signal: AbortSignal };
export type RestoreOptions = { config: Config; file: string; migrations: string; signal: AbortSignal };

/**
 * Everything but the key into `file`, as of one moment, whether Parley runs or not. The file is whole or absent.
 * @returns what is in it
 */
export async function makeBackup({ config, file, withKey, signal }: BackupOptions): Promise<Manifest> {
  const dataDir = openDataFolder(config.dataDir);
  const folder = mkdtempSync(path.join(dataDir, '.backup-'));
  const beside = `${path.resolve(file)}.part`;
  try {
    const dumped = await withDatabase({ config, dataDir, signal }, (url) =>
      dumpTables(url, path.join(folder, 'tables'), signal),
    );
    const key = keyOf(config, dataDir);
    const note: Manifest = {
      parley: 1,
      at: new Date().toISOString(),
      ...dumped,
      key: key === undefined ? null : fingerprint(key),
    };
    writeFileSync(path.join(folder, NOTE), JSON.stringify(note));
    if (withKey && key !== undefined)
      writeFileSync(path.join(folder, KEY_FILE), `${key.toString('base64')}\n`, { mode: 0o600 });
    writeFileSync(beside, '', { mode: 0o600 });
    await pack(beside, folder, config.filesDir ?? dataDir, signal);
    renameSync(beside, file);
    return note;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(beside, { force: true });
  }
}

/**
 * Fills an unused database and data folder from `file`. The key comes out of the file, or must be there already.
 * @throws StartError where the database is in use, the key is another one, or the backup is of a newer Parley
 */
export async function restoreBackup({ config, file, migrations, signal }: RestoreOptions): Promise<Manifest> {
  if (!existsSync(file)) throw new StartError(`There is no file ${file}.`);
  const dataDir = openDataFolder(config.dataDir);
  const lock = lockFolder(dataDir);
  const folder = mkdtempSync(path.join(dataDir, '.restore-'));
  try {
    await unpack(file, folder, signal);
    const note = readNote(folder);
    const kept = path.join(folder, KEY_FILE);
    checkKey(note, config, dataDir, existsSync(kept) ? Buffer.from(readFileSync(kept, 'utf8'), 'base64') : undefined);
    const only = partOf(migrations, note.migrations, path.join(folder, 'migrations'));
    await withServer({ config, dataDir, signal }, async (url) => {
      await migrate(url, only, { signal });
      if (await hasUsers(url))
        throw new StartError(
          'The database is in use already. Restore into an empty one: another PARLEY_DATA or DATABASE_URL.',
        );
      for (const name of ['attachments', 'uploads'])
        if (existsSync(path.join(folder, name)))
          cpSync(path.join(folder, name), path.join(config.filesDir ?? dataDir, name), {
            recursive: true,
            preserveTimestamps: true,
          });
      if (existsSync(kept) && config.secretKeys === undefined) {
        cpSync(kept, path.join(dataDir, KEY_FILE));
        chmodSync(path.join(dataDir, KEY_FILE), 0o600);
      }
      await loadTables(url, path.join(folder, 'tables'), note.tables, signal);
    });
    return note;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    lock.release();
  }
}

function readNote(folder: string): Manifest {
  try {
    return manifest.parse(JSON.parse(readFileSync(path.join(folder, NOTE), 'utf8')));
  } catch (error) {
    throw new StartError('This file is not a backup made by "npm run backup".', { cause: error });
  }
}

function checkKey(note: Manifest, config: Config, dataDir: string, packed: Buffer | undefined): void {
  if (note.key === null) return;
  const own = config.secretKeys ?? [keyOf(config, dataDir) ?? packed].filter((key) => key !== undefined);
  if (own.some((key) => fingerprint(key) === note.key)) return;
  throw new StartError(
    `The backup is sealed with a key that is not here. Put the ${KEY_FILE} that belongs to it into ${dataDir}, or set PARLEY_SECRET_KEY.`,
  );
}

function keyOf(config: Config, dataDir: string): Buffer | undefined {
  if (config.secretKeys !== undefined) return config.secretKeys[0];
  return existsSync(path.join(dataDir, KEY_FILE)) ? readKeyFile(dataDir, { mayMake: false }) : undefined;
}

/** Tells keys apart, and nothing of them. */
const fingerprint = (key: Buffer): string =>
  createHash('sha256').update('parley key\0').update(key).digest('hex').slice(0, 32);

/** A folder with these migrations alone: the later ones are applied by the next start, as by any update. */
function partOf(all: string, names: readonly string[], to: string): string {
  const missing = names.find((name) => !existsSync(path.join(all, name)));
  if (missing !== undefined)
    throw new StartError(`The backup was made by a newer Parley: it has the migration ${missing}. Install that one.`);
  for (const name of names) cpSync(path.join(all, name), path.join(to, name), { recursive: true });
  return to;
}

type Place = { config: Config; dataDir: string; signal: AbortSignal };

async function withServer<T>({ config, dataDir, signal }: Place, work: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  const server = await startEmbeddedPostgres({ dataDir, signal });
  return work(server.url).finally(() => server.stop());
}

/** The database, whether a Parley holds it now or not. */
async function withDatabase<T>(place: Place, work: (url: string) => Promise<T>): Promise<T> {
  const { config, dataDir } = place;
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  let lock: FolderLock;
  try {
    lock = lockFolder(dataDir);
  } catch (error) {
    const running = runningUrl(dataDir);
    if (running === undefined) throw error;
    return work(running);
  }
  return withServer(place, work).finally(() => lock.release());
}

/** Of the embedded PostgreSQL that a Parley is running, by the note PostgreSQL keeps: its fifth line is the folder of its socket. */
function runningUrl(dataDir: string): string | undefined {
  const home = path.join(dataDir, 'postgres');
  const note = path.join(home, 'cluster', 'postmaster.pid');
  if (!existsSync(note)) return undefined;
  const sockets = readFileSync(note, 'utf8').split('\n')[4];
  if (sockets === undefined || !existsSync(path.join(sockets, '.s.PGSQL.5432'))) return undefined;
  const password = readFileSync(path.join(home, 'password'), 'utf8').trim();
  return `postgresql://parley:${password}@localhost/parley?host=${encodeURIComponent(sockets)}`;
}
