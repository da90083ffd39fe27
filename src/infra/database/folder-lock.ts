import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorLine, StartError } from '../start-error.js';

export type FolderLock = { release(): void };

const SQLITE_BUSY = 5;

/** Held here so that a collected handle can never let a lock go. */
const held = new Set<DatabaseSync>();

/**
 * Takes a folder for this process alone. The lock is the operating system's (an fcntl lock, through an SQLite file
 * that stays empty): it ends with the process however that ends, so a file left by a crash locks nothing.
 * @throws StartError `another Parley (pid N) is using <folder>` where a live process has it
 */
export function lockFolder(folder: string): FolderLock {
  const file = path.join(folder, 'parley.lock');
  const note = path.join(folder, 'parley.pid');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
  } catch (error) {
    lock?.close();
    if (isBusy(error))
      throw new StartError(
        `Another Parley${holder(note)} is using ${folder}. Stop it, or set PARLEY_DATA to another folder.`,
      );
    throw new StartError(`The data folder ${folder} cannot be locked: ${errorLine(error)}.`, { cause: error });
  }
  const database = lock;
  held.add(database);
  writeFileSync(note, `${process.pid}\n`, { mode: 0o600 });
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function holder(note: string): string {
  try {
    const pid = Number.parseInt(readFileSync(note, 'utf8'), 10);
    return Number.isSafeInteger(pid) ? ` (pid ${pid})` : '';
  } catch {
    return '';
  }
}
