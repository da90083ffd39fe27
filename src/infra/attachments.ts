import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { cleanLine } from '../core/messages/inbound.js';
import type { AttachmentService } from '../core/services.js';
import type { Part } from '../core/uploads/range.js';
import type { AttachmentView } from '../core/views.js';
import { limits } from '../sdk/index.js';
import type { PrismaClient } from './database/prisma.js';
import { attachmentView } from './database/views/messages.js';
import { type BlobStore, TooLarge } from './storage/blobs.js';

const MIB = 1024 * 1024;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/** Files people attach: rows in the database, bytes in the store. */
export class Attachments implements AttachmentService {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly blobs: BlobStore,
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
    const content = await this.blobs.read(row.hash, pick(row.size)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw new DomainError('gone', 'attachment-gone', 'The bytes of this file are no longer in the store.');
    });
    return { file: attachmentView(row), content };
  }
}

export function refusal(error: unknown): unknown {
  if (error instanceof TooLarge)
    return new DomainError('too-large', 'file-too-large', `A file has at most ${limits.attachmentBytes / MIB} MiB.`, {
      fields: { file: `must have at most ${limits.attachmentBytes / MIB} MiB` },
    });
  if (NO_ROOM.has(codeOf(error)))
    return new DomainError('unavailable', 'no-room', 'There is no room left on the server’s disk.', { cause: error });
  return error;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
