import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode, errorLine, StartError } from '../start-error.js';

const FILE = 'files.id';

/**
 * Names the folder of files, so that two processes can tell whether they share one.
 * @throws StartError where it cannot be written to
 */
export function nameOfFolder(folder: string): string {
  const file = path.join(folder, FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST')
      throw new StartError(
        `The folder for files ${folder} cannot be used: ${errorLine(error)}. Set PARLEY_FILES to another.`,
        {
          cause: error,
        },
      );
  }
  return readFileSync(file, 'utf8').trim();
}
