import { DomainError } from '../../../core/errors.js';
import type { Content, Fitted } from '../../../core/messages/content.js';
import type { Quote } from '../../../core/messages/quotes.js';
import { type LinkMaker, linksFor, render, type Way } from '../../../core/messages/render.js';
import { AdapterError, type OutgoingAttachment, type OutgoingMessage } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import type { Sql } from '../pool.js';

export type OutgoingFile = {
  id: string;
  name: string;
  type: string;
  size: number;
  hash: string;
  voice: (OutgoingAttachment['voice'] & object) | null;
};

const QUOTE_LENGTH = 1_000;

/** Files are opened when the adapter reads them, as streams. */
export function outgoingFiles(blobs: BlobStore, files: readonly OutgoingFile[]): OutgoingAttachment[] {
  return files.map(({ name, type, size, hash, voice }) => ({
    name,
    type,
    size,
    ...(voice === null ? {} : { voice }),
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

/**
 * What is answered: its words, and how this chat's network knows it, where it ever was in this chat. Our own words have
 * no name before them. What a member of a group said to the user is not quoted to the others, unless it is sent on to them
 * anyway.
 */
export async function answeredBy(
  sql: Sql,
  messageId: string,
  chatId: string,
  thread: string | null = null,
): Promise<{ quote: Quote; replyTo: OutgoingMessage['replyTo'] } | undefined> {
  const replyTo = await replyFor(sql, messageId, chatId, thread);
  const { rows } = await sql.query<{ text: string; sender_name: string; direction: string; kept: boolean }>(
    `SELECT m.text, coalesce(CASE WHEN m.group_id IS NOT NULL THEN k.name END, m.sender_name) AS sender_name, m.direction,
       m.direction = 'in' AND EXISTS (SELECT 1 FROM conversations v WHERE v.id = m.group_id AND NOT v.relay) AS kept
     FROM messages m LEFT JOIN buddies b ON b.id = m.buddy_id LEFT JOIN contacts k ON k.id = b.contact_id
     WHERE m.id = $1 AND m.deleted_at IS NULL`,
    [messageId],
  );
  const row = rows[0];
  if (!row || (row.kept && replyTo === undefined)) return undefined;
  const senderName = row.direction === 'out' ? '' : row.sender_name;
  return { quote: { senderName, text: row.text, here: replyTo !== undefined }, replyTo };
}

/** The last message of a group in a chat, in either direction, as the chat's network knows it. */
export async function lastOfGroup(sql: Sql, groupId: string, chatId: string): Promise<OutgoingMessage['replyTo']> {
  const { rows } = await sql.query<Quoted>(
    `SELECT remote_id, text, sender_name FROM (
       (SELECT d.remote_id, m.text, m.sender_name, d.message_at AS at FROM deliveries d JOIN messages m ON m.id = d.message_id
        WHERE d.chat_id = $2 AND m.group_id = $1 AND d.remote_id IS NOT NULL ORDER BY d.message_at DESC, d.id DESC LIMIT 1)
       UNION ALL
       (SELECT remote_id, text, sender_name, sent_at FROM messages
        WHERE chat_id = $2 AND group_id = $1 AND direction = 'in' ORDER BY sent_at DESC, id DESC LIMIT 1)
     ) AS last WHERE remote_id IS NOT NULL ORDER BY at DESC LIMIT 1`,
    [groupId, chatId],
  );
  return quoteOf(rows[0]);
}

/** Fits what a delivery brings to its way. @throws AdapterError where it cannot be; nothing was sent then */
export async function fit(links: LinkMaker, content: Content, way: Way): Promise<Fitted> {
  const { written, person, replyTo, attachments } = content;
  try {
    const wanted = linksFor(written, way, person);
    const none = links.base === undefined || (wanted.files.length === 0 && wanted.urls.length === 0);
    const addresses = none ? undefined : await links.make(content.messageId, wanted);
    if (wanted.files.length > 0 && addresses === undefined && way.send.attachments === 'rejected')
      throw new AdapterError(
        'rejected',
        `${way.network} carries no files, and PARLEY_PUBLIC_URL is not set for links.`,
      );
    const { text, html, subject, buttons, attached, quoted } = render(written, way, person, addresses);
    return {
      text,
      ...(html === undefined ? {} : { html }),
      ...(subject === undefined ? {} : { subject }),
      ...(buttons === undefined ? {} : { buttons }),
      ...(replyTo === undefined || quoted ? {} : { replyTo }),
      attachments: attached ? attachments : [],
    };
  } catch (error) {
    throw notFitted(error);
  }
}

function notFitted(error: unknown): AdapterError {
  if (error instanceof AdapterError) return error;
  if (error instanceof DomainError) return new AdapterError('rejected', error.message, { cause: error });
  return new AdapterError('temporary', 'its links could not be made', { cause: error });
}

/**
 * The message answered, as this chat's network knows it, or what sent it on to this chat; undefined where it never was in
 * this chat. `thread`: the one that the answer was put into.
 */
async function replyFor(
  sql: Sql,
  messageId: string,
  chatId: string,
  thread: string | null,
): Promise<OutgoingMessage['replyTo']> {
  const { rows } = await sql.query<Quoted>(
    `SELECT r.remote_id, m.text, m.sender_name, coalesce(CASE WHEN m.chat_id = $2 THEN m.thread_remote END, $3) AS thread FROM messages m CROSS JOIN LATERAL (
       SELECT m.remote_id WHERE m.chat_id = $2 AND m.remote_id IS NOT NULL
       UNION ALL SELECT d.remote_id FROM deliveries d WHERE d.message_id = m.id AND d.chat_id = $2 AND d.remote_id IS NOT NULL
       UNION ALL SELECT d.remote_id FROM messages s JOIN deliveries d ON d.message_id = s.id
         WHERE s.relay_of = m.id AND d.chat_id = $2 AND d.remote_id IS NOT NULL
     ) AS r WHERE m.id = $1 LIMIT 1`,
    [messageId, chatId, thread],
  );
  return quoteOf(rows[0]);
}

type Quoted = { remote_id: string; text: string; sender_name: string; thread?: string | null };

const quoteOf = (row: Quoted | undefined): OutgoingMessage['replyTo'] =>
  row && {
    remoteId: row.remote_id,
    text: row.text.slice(0, QUOTE_LENGTH).toWellFormed(),
    senderName: row.sender_name,
    ...(row.thread === null || row.thread === undefined ? {} : { thread: row.thread }),
  };
