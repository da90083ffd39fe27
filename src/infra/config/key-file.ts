import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorLine, StartError } from '../start-error.js';

const KEY_BYTES = 32;

/**
 * The key that encrypts what is secret at rest, from `<dataDir>/secret.key` (0600, base64), made on the first start.
 * The file appears whole or not at all, and is never overwritten.
 * @throws StartError where it cannot be read, is damaged, or is absent although there is data it would open
 */
export function readKeyFile(dataDir: string, { mayMake }: { mayMake: boolean }): Buffer {
  const file = path.join(dataDir, 'secret.key');
  try {
    if (!existsSync(file)) {
      if (!mayMake)
        throw new StartError(
          `The key file ${file} is missing, and there are accounts sealed with it. Restore it from a backup, or set PARLEY_SECRET_KEY.`,
        );
      makeKeyFile(file);
    }
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length === KEY_BYTES) return key;
    throw new StartError(`The key file ${file} is damaged. Restore it from a backup, or set PARLEY_SECRET_KEY.`);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The key file ${file} cannot be used: ${errorLine(error)}.`, { cause: error });
  }
}

function makeKeyFile(file: string): void {
  const beside = `${file}.${process.pid}.new`;
  try {
    writeFileSync(beside, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
    linkSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
  const folder = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
