import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

export type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
/** Bytes, first and last. */
export type Part = { start: number; end: number };

/** Files by the SHA-256 of their content, in hex. Writing the same bytes twice keeps one copy. */
export type BlobStore = {
  /** Durable once it resolves. @param maxBytes past it, nothing is kept and `TooLarge` is thrown */
  put(content: Content, maxBytes?: number): Promise<{ hash: string; size: number }>;
  /** All bytes or a part of them. @throws `BlobGone` where they are gone */
  read(hash: string, part?: Part): Promise<NodeJS.ReadableStream & AsyncIterable<Uint8Array>>;
  /** Unless it was written again since `before`, in ms since the epoch. */
  drop(hash: string, before: number): Promise<void>;
};

export class TooLarge extends Error {}
export class BlobGone extends Error {}
/** What was asked of it may be asked again later. */
export class StoreAway extends Error {
  readonly code = 'STORE_AWAY';
}

/** Two folders deep, so that no folder gets long. */
export function keyOf(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('not a SHA-256');
  return `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`;
}

/** Writes what comes into a new file of the folder and syncs it; nothing is left where that fails. */
export async function spool(
  folder: string,
  content: Content,
  maxBytes: number,
): Promise<{ file: string; hash: string; size: number }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = path.join(folder, randomUUID());
  const file = await open(name, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of content) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new TooLarge();
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(name, { force: true });
    throw error;
  }
  await file.close();
  return { file: name, hash: hash.digest('hex'), size };
}
