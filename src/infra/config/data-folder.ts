import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode, errorLine, StartError } from '../start-error.js';

/**
 * Makes the data folder where it is missing and proves that it can be written to.
 * Root's is made passable for others (0711, its contents stay private), because the database runs as another user.
 * @returns its real path
 * @throws StartError naming the folder and what is wrong with it
 */
export function openDataFolder(folder: string): string {
  try {
    const isRoot = process.getuid?.() === 0;
    const firstMade = mkdirSync(folder, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    if (isRoot && firstMade !== undefined) openFolders(firstMade, folder);
    const real = realpathSync(folder);
    if (!statSync(real).isDirectory()) throw notAFolder(folder);
    const probe = path.join(real, `.write-test-${randomUUID()}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
    return real;
  } catch (error) {
    throw error instanceof StartError ? error : unusable(folder, error);
  }
}

/** A tight umask would otherwise close the folders just made between the first and the last. */
function openFolders(first: string, last: string): void {
  for (let at = path.resolve(last); at.length >= path.resolve(first).length; at = path.dirname(at))
    chmodSync(at, 0o711);
}

function notAFolder(folder: string): StartError {
  return new StartError(
    `The data folder ${folder} cannot be used: it, or a part of its path, is not a folder. Set PARLEY_DATA to a folder.`,
  );
}

function unusable(folder: string, error: unknown): StartError {
  switch (errorCode(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return notAFolder(folder);
    case 'EACCES':
    case 'EPERM':
      return new StartError(
        `The data folder ${folder} cannot be used: ${whoami()} may not read and write it. Change its owner or set PARLEY_DATA to another folder.`,
        { cause: error },
      );
    case 'EROFS':
      return new StartError(
        `The data folder ${folder} cannot be used: it is on a read-only file system. Set PARLEY_DATA to another folder.`,
        { cause: error },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new StartError(`The data folder ${folder} cannot be used: its disk is full.`, { cause: error });
    default:
      return new StartError(
        `The data folder ${folder} cannot be used: ${errorLine(error)}. Set PARLEY_DATA to another folder.`,
        { cause: error },
      );
  }
}

function whoami(): string {
  const uid = process.getuid?.();
  return uid === undefined
    ? 'this user'
    : `user ${process.env.USER ?? ''} (uid ${uid})`.replace('user  (', 'the user (');
}
