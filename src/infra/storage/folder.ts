import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BlobGone, type BlobStore, type Content, keyOf, type Part, spool } from './blobs.js';

/** Files in a folder of this machine, or one that several machines share. */
export class FolderBlobs implements BlobStore {
  constructor(private readonly folder: string) {}

  async put(content: Content, maxBytes = Number.POSITIVE_INFINITY): Promise<{ hash: string; size: number }> {
    const { file, hash, size } = await spool(path.join(this.folder, 'new'), content, maxBytes);
    const target = this.#path(hash);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await rename(file, target);
    return { hash, size };
  }

  async read(hash: string, part?: Part): Promise<NodeJS.ReadableStream & AsyncIterable<Uint8Array>> {
    const file = this.#path(hash);
    await stat(file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new BlobGone() : error;
    });
    return createReadStream(file, part);
  }

  async drop(hash: string, before: number): Promise<void> {
    const written = await stat(this.#path(hash)).catch(() => undefined);
    if (written && written.mtimeMs < before) await rm(this.#path(hash), { force: true });
  }

  #path(hash: string): string {
    return path.join(this.folder, keyOf(hash));
  }
}
