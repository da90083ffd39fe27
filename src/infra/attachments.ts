import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Clock } from '../core/log.js';
import { cleanLine } from '../core/messages/inbound.js';
import type { AttachmentService } from '../core/services.js';
import type { Part } from '../core/uploads/range.js';
import type { AttachmentView } from '../core/views.js';
import { limits } from '../sdk/index.js';
import type { PrismaClient } from './database/prisma.js';
import { attachmentView } from './database/views/messages.js';
import { BlobGone, type BlobStore, StoreAway, TooLarge } from './storage/blobs.js';
import { FILE_URLS } from './storage/file-url.js';

const MIB = 1024 * 1024;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/** A message can wait in a browser for its server, and a file for its words; no longer than this. */
const UNSENT_MS = 30 * 86_400_000;
const AT_ONCE = 1000;
const RETRY_MS = 5_000;

/** Files people attach: rows in the database, bytes in the store. */
export class Attachments implements AttachmentService {
  /** The last file that was looked at for whether anybody sent it. */
  #lookedTo: string | undefined;

  constructor(
    private readonly prisma: PrismaClient,
    private readonly blobs: BlobStore,
    private readonly clock: Clock,
  ) {}

  async put(
    userId: string,
    file: { name: string; type: string; content: AsyncIterable<Uint8Array> },
  ): Promise<AttachmentView> {
    const { hash, size } = await this.blobs.put(file.content, limits.attachmentBytes).catch((error: unknown) => {
      throw refusal(error);
    });
    const row = await this.prisma.attachment.create({
      data: {
        id: newId(),
        userId,
        name: cleanLine(file.name, 255) || 'file',
        type: cleanLine(file.type, 127) || 'application/octet-stream',
        size,
        hash,
      },
    });
    return attachmentView(row);
  }

  async open(
    userId: string,
    id: string,
    pick: (size: number) => Part | undefined = () => undefined,
  ): Promise<{ file: AttachmentView; content: NodeJS.ReadableStream }> {
    const row = await this.prisma.attachment.findFirst({ where: { id, userId } });
    if (!row) throw notFound('attachment');
    const content = await this.blobs.read(row.hash, pick(row.size)).catch(unreadable);
    return { file: attachmentView(row), content };
  }

  /**
   * What was uploaded and never sent; its bytes too, where no other file has the same. Each call looks at the next files,
   * oldest first, and begins again after the last.
   */
  async dropUnsent(): Promise<void> {
    const before = new Date(this.clock.now() - UNSENT_MS);
    const looked = await this.prisma.attachment.findMany({
      where: this.#lookedTo === undefined ? {} : { id: { gt: this.#lookedTo } },
      orderBy: { id: 'asc' },
      take: AT_ONCE,
      select: { id: true, createdAt: true },
    });
    const ids = looked.filter(({ createdAt }) => createdAt < before).map(({ id }) => id);
    // Ids grow with time: after one that is young, all are.
    this.#lookedTo = ids.length < AT_ONCE ? undefined : ids.at(-1);
    if (ids.length === 0) return;
    // Neither a message nor a broadcast that still makes some has them, and they are nobody's picture.
    const dropped = await this.prisma.$queryRaw<{ hash: string }[]>`
      DELETE FROM attachments WHERE id IN (
        SELECT a.id FROM attachments a WHERE a.id = ANY(${ids}::uuid[])
          AND NOT EXISTS (SELECT 1 FROM message_attachments x WHERE x.attachment_id = a.id)
          AND NOT EXISTS (SELECT 1 FROM file_links l WHERE l.attachment_id = a.id)
          AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.user_id = a.user_id AND b.state IN ('running', 'paused')
            AND b.letter -> 'files' @> to_jsonb(a.id::text))
          AND NOT EXISTS (SELECT 1 FROM buddies k WHERE k.avatar_url = ${FILE_URLS} || a.id::text)
        FOR UPDATE OF a SKIP LOCKED) RETURNING hash`;
    for (const hash of new Set(dropped.map((row) => row.hash))) {
      const used = await this.prisma.attachment.findFirst({ where: { hash }, select: { id: true } });
      if (!used) await this.blobs.drop(hash, before.getTime());
    }
  }
}

/** Throws why a file cannot be read. */
export function unreadable(error: unknown): never {
  if (!(error instanceof BlobGone)) throw refusal(error);
  throw new DomainError('gone', 'attachment-gone', 'The bytes of this file are no longer in the store.');
}

/** Why a file cannot be kept. */
export function refusal(error: unknown): unknown {
  if (error instanceof TooLarge)
    return new DomainError('too-large', 'file-too-large', `A file has at most ${limits.attachmentBytes / MIB} MiB.`, {
      fields: { file: `must have at most ${limits.attachmentBytes / MIB} MiB` },
    });
  if (error instanceof StoreAway)
    return new DomainError('unavailable', 'files-away', 'The store of files does not answer. Try again in a moment.', {
      retryAfterMs: RETRY_MS,
      cause: error,
    });
  if (NO_ROOM.has(codeOf(error)))
    return new DomainError('unavailable', 'no-room', 'There is no room left on the server’s disk.', { cause: error });
  return error;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
