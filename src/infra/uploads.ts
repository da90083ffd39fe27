import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Clock } from '../core/log.js';
import { cleanLine } from '../core/messages/inbound.js';
import type { NewUpload, Upload, UploadService } from '../core/uploads/service.js';
import { limits } from '../sdk/index.js';
import { codeOf, refusal } from './attachments.js';
import type { PrismaClient } from './database/prisma.js';
import { type BlobStore, TooLarge } from './storage/blobs.js';

const KEPT_MS = 3 * 86_400_000;
/** Of one user; with the limit of a file, this bounds what unfinished uploads take. */
const MOST = 40;

type Row = { id: string; userId: string; name: string; type: string; size: number; voice: unknown; expiresAt: Date };
type Writing = { stop: () => void; done: Promise<unknown> };

/** What has come of each lies in a folder of its own, until it is whole and goes to the store. */
export class Uploads implements UploadService {
  readonly #writing = new Map<string, Writing>();

  constructor(
    private readonly prisma: PrismaClient,
    private readonly blobs: BlobStore,
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  async begin(userId: string, { name, type, size, voice }: NewUpload): Promise<Upload> {
    if (size > limits.attachmentBytes) throw refusal(new TooLarge());
    await this.#makeRoom(userId);
    const row = await this.prisma.upload.create({
      data: {
        id: newId(),
        userId,
        name: cleanLine(name, 255) || 'file',
        type: cleanLine(type, 127) || 'application/octet-stream',
        size,
        ...(voice === undefined ? {} : { voice }),
        expiresAt: this.#until(),
      },
    });
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return size === 0 ? this.#settle(row) : stateOf(row, 0);
  }

  async get(userId: string, id: string): Promise<Upload> {
    await this.#release(id);
    const row = await this.prisma.upload.findFirst({ where: { id, userId } });
    return row ? this.#settle(row) : this.#finished(userId, id);
  }

  async append(userId: string, id: string, offset: number, content: AsyncIterable<Uint8Array>): Promise<Upload> {
    await this.#release(id);
    const row = await this.prisma.upload.findFirst({ where: { id, userId } });
    if (!row) throw notFound('upload');
    // Of two calls that came at the same moment, one goes on.
    if ((await this.#come(id)) !== offset || this.#writing.has(id)) throw elsewhere();
    const stopping = new AbortController();
    const done = this.#write(row, offset, content, stopping.signal);
    this.#writing.set(id, { stop: () => stopping.abort(), done: done.catch(() => {}) });
    try {
      await done;
    } finally {
      this.#writing.delete(id);
    }
    await this.prisma.upload.updateMany({ where: { id, userId }, data: { expiresAt: this.#until() } });
    return this.#settle({ ...row, expiresAt: this.#until() });
  }

  async drop(userId: string, id: string): Promise<void> {
    await this.#release(id);
    const { count } = await this.prisma.upload.deleteMany({ where: { id, userId } });
    // What has come whole meanwhile is an attachment, and stays one.
    if (count === 0) return void (await this.#finished(userId, id));
    await rm(this.#path(id), { force: true });
  }

  /** What nobody went on with, and bytes without a row. */
  async dropStale(): Promise<void> {
    await this.prisma.upload.deleteMany({ where: { expiresAt: { lt: new Date(this.clock.now()) } } });
    const files = await readdir(this.folder).catch(() => []);
    const known = await this.prisma.upload.findMany({
      where: { id: { in: files.filter(isId) } },
      select: { id: true },
    });
    const kept = new Set(known.map(({ id }) => id));
    for (const file of files) if (!kept.has(file)) await rm(path.join(this.folder, file), { force: true });
  }

  /** Keeps every byte that came, also of a stream that breaks. */
  async #write(row: Row, offset: number, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const file = await open(this.#path(row.id), 'a', 0o600).catch((error: unknown) => {
      throw refusal(error);
    });
    let at = offset;
    try {
      for await (const chunk of stoppable(content, signal)) {
        if (at + chunk.byteLength > row.size) throw tooMuch();
        await file.write(chunk);
        at += chunk.byteLength;
      }
      await file.sync();
    } catch (error) {
      throw refusal(error);
    } finally {
      await file.close();
    }
  }

  /** Where all has come, it is an attachment from now on; also after a crash between the two. */
  async #settle(row: Row): Promise<Upload> {
    const offset = await this.#come(row.id);
    if (offset < row.size) return stateOf(row, offset);
    const content = row.size === 0 ? [] : createReadStream(this.#path(row.id));
    const { hash, size } = await this.blobs.put(content).catch((error: unknown) => {
      throw refusal(error);
    });
    const { id, userId, name, type, voice } = row;
    const file = { id, userId, name, type, size, hash, ...(voice ? { voice } : {}) };
    await this.prisma.$transaction([
      this.prisma.upload.deleteMany({ where: { id } }),
      this.prisma.attachment.createMany({ data: [file], skipDuplicates: true }),
    ]);
    await rm(this.#path(id), { force: true });
    return stateOf(row, size);
  }

  async #finished(userId: string, id: string): Promise<Upload> {
    const file = await this.prisma.attachment.findFirst({ where: { id, userId }, select: { id: true, size: true } });
    if (!file) throw notFound('upload');
    return stateOf({ ...file, expiresAt: this.#until() }, file.size);
  }

  async #makeRoom(userId: string): Promise<void> {
    const old = await this.prisma.upload.findMany({
      where: { userId },
      orderBy: { expiresAt: 'desc' },
      skip: MOST - 1,
      take: MOST,
      select: { id: true },
    });
    for (const { id } of old) await this.drop(userId, id).catch(() => {});
  }

  /** A caller who lost the connection is back before the server noticed: the earlier call ends here. */
  async #release(id: string): Promise<void> {
    const writing = this.#writing.get(id);
    writing?.stop();
    await writing?.done;
  }

  async #come(id: string): Promise<number> {
    try {
      return (await stat(this.#path(id))).size;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 0;
      throw error;
    }
  }

  #until(): Date {
    return new Date(this.clock.now() + KEPT_MS);
  }

  #path(id: string): string {
    if (!isId(id)) throw notFound('upload');
    return path.join(this.folder, id);
  }
}

const isId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const stateOf = ({ id, size, expiresAt }: Pick<Row, 'id' | 'size' | 'expiresAt'>, offset: number): Upload => ({
  id,
  size,
  offset,
  expiresAt,
});

async function* stoppable(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(interrupted()));
  });
  stopped.catch(() => {});
  const source = content[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([source.next(), stopped]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: a stream that says nothing more would hold it.
    void source.return?.().catch(() => {});
  }
}

const interrupted = () =>
  new DomainError('conflict', 'upload-continued', 'The upload went on in another request meanwhile.');
const elsewhere = () =>
  new DomainError('conflict', 'upload-offset', 'The upload stands elsewhere: ask with HEAD where to go on.');
const tooMuch = () =>
  new DomainError('invalid', 'upload-too-long', 'More bytes came than the upload was said to have.');
