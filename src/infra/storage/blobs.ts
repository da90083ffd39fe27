import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Files by the SHA-256 of their content, two folders deep. Writing the same bytes twice keeps one copy. */
export class BlobStore {
  constructor(private readonly folder: string) {}

  /**
   * Durable once it resolves. @param maxBytes past it, nothing is kept and `TooLarge` is thrown
   */
  async put(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ hash: string; size: number }> {
    await mkdir(path.join(this.folder, 'new'), { recursive: true, mode: 0o700 });
    const temporary = path.join(this.folder, 'new', randomUUID());
    const file = await open(temporary, 'wx', 0o600);
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
      await rm(temporary, { force: true });
      throw error;
    }
    await file.close();
    const digest = hash.digest('hex');
    const target = this.#path(digest);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await rename(temporary, target);
    return { hash: digest, size };
  }

  /** All bytes or a part of them. @throws ENOENT where they are gone */
  async read(
    hash: string,
    part?: { start: number; end: number },
  ): Promise<NodeJS.ReadableStream & AsyncIterable<Uint8Array>> {
    const file = this.#path(hash);
    await stat(file);
    return createReadStream(file, part);
  }

  /** Unless it was written again since `before`, in ms since the epoch. */
  async drop(hash: string, before: number): Promise<void> {
    const written = await stat(this.#path(hash)).catch(() => undefined);
    if (written && written.mtimeMs < before) await rm(this.#path(hash), { force: true });
  }

  #path(hash: string): string {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('not a SHA-256');
    return path.join(this.folder, hash.slice(0, 2), hash.slice(2, 4), hash);
  }
}

export class TooLarge extends Error {}
