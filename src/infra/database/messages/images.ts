import { remoteImages } from '../../../core/messages/html.js';
import type { LinkPreview } from '../../../core/views.js';
import type { PrismaClient } from '../prisma.js';

/** The images of other servers that a message shows: those of its HTML, and the pictures of where its links lead. */
export const imagesNamed =
  (prisma: PrismaClient) =>
  async (userId: string, id: string): Promise<string[] | undefined> => {
    const where = { id, userId, echoOf: null };
    const row = await prisma.message.findFirst({ where, select: { html: true, previews: true } });
    if (row === null) return undefined;
    const previews = (row.previews ?? []) as LinkPreview[];
    return [...remoteImages(row.html ?? ''), ...previews.flatMap(({ picture }) => picture ?? [])];
  };
