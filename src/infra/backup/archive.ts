import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorLine, StartError } from '../start-error.js';

const run = promisify(execFile);
/** Of the data folder. */
const FOLDERS = ['attachments', 'uploads'];

/** Packs what is in `folder`, and the files of the data folder, into one file that only its owner can read. */
export async function pack(file: string, folder: string, dataDir: string, signal: AbortSignal): Promise<void> {
  const files = FOLDERS.filter((name) => existsSync(`${dataDir}/${name}`));
  await tar(['-czf', file, '-C', folder, '.', ...(files.length > 0 ? ['-C', dataDir, ...files] : [])], signal);
}

export const unpack = (file: string, folder: string, signal: AbortSignal): Promise<void> =>
  tar(['-xzf', file, '-C', folder, '--no-same-owner'], signal);

async function tar(args: string[], signal: AbortSignal): Promise<void> {
  try {
    await run('tar', args, { signal });
  } catch (error) {
    // A file that Parley removed meanwhile: nothing in the tables names it any more.
    const passing = error instanceof Error && 'code' in error && error.code === 1 && args[0] === '-czf';
    if (!passing) throw new StartError(`The archive cannot be used: ${errorLine(error)}.`, { cause: error });
  }
}
