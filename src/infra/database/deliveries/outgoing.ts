import type { OutgoingAttachment, OutgoingMessage } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import type { Sql } from '../pool.js';

export type OutgoingFile = { name: string; type: string; size: number; hash: string };

const QUOTE_LENGTH = 1_000;

/** Files are opened when the adapter reads them, as streams. */
export function outgoingFiles(blobs: BlobStore, files: readonly OutgoingFile[]): OutgoingAttachment[] {
  return files.map(({ name, type, size, hash }) => ({
    name,
    type,
    size,
    open: async () => streamOf(await blobs.read(hash)),
  }));
}

function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/** The message answered, as this chat's network knows it; undefined where it never was in this chat. */
export async function replyFor(sql: Sql, messageId: string, chatId: string): Promise<OutgoingMessage['replyTo']> {
  const { rows } = await sql.query<{ remote_id: string; text: string; sender_name: string; thread: string | null }>(
    `SELECT r.remote_id, m.text, m.sender_name, CASE WHEN m.chat_id = $2 THEN m.thread_remote END AS thread FROM messages m CROSS JOIN LATERAL (
       SELECT m.remote_id WHERE m.chat_id = $2 AND m.remote_id IS NOT NULL
       UNION ALL SELECT d.remote_id FROM deliveries d WHERE d.message_id = m.id AND d.chat_id = $2 AND d.remote_id IS NOT NULL
     ) AS r WHERE m.id = $1 LIMIT 1`,
    [messageId, chatId],
  );
  const row = rows[0];
  return (
    row && {
      remoteId: row.remote_id,
      text: row.text.slice(0, QUOTE_LENGTH).toWellFormed(),
      senderName: row.sender_name,
      ...(row.thread === null ? {} : { thread: row.thread }),
    }
  );
}
