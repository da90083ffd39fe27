import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * One hash over the contents of files and folders (recursively, in the order of their names).
 * @param {string} root folder the paths are relative to
 * @param {readonly string[]} paths what is absent counts as empty
 * @param {(relative: string) => boolean} skip files and folders to leave out
 */
export function hashOf(root, paths, skip = () => false) {
  const hash = createHash('sha256');
  const visit = (relative) => {
    if (skip(relative)) return;
    const absolute = path.join(root, relative);
    let entries;
    try {
      entries = readdirSync(absolute);
    } catch (error) {
      if (error.code === 'ENOENT') return;
      if (error.code !== 'ENOTDIR') throw error;
      hash.update(`${relative}\0`).update(readFileSync(absolute)).update('\0');
      return;
    }
    for (const name of entries.sort()) visit(`${relative}/${name}`);
  };
  for (const relative of paths) visit(relative);
  return hash.digest('hex');
}

/** Whether `file` holds this stamp. */
export const isFresh = (file, stamp) => existsSync(file) && readFileSync(file, 'utf8') === stamp;

export function writeStamp(file, stamp) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}
