import { newId } from '../../../core/ids.js';
import { cleanHtml } from '../../../core/messages/html.js';
import { clampTime, cleanLine, cleanText } from '../../../core/messages/inbound.js';
import type { Event, MessageEvent } from '../../../sdk/index.js';
import { FILE_URLS } from '../../storage/file-url.js';
import { answerOf, leaveGroup } from '../groups/place.js';
import { forgetWordings, keepWording } from '../messages/edits.js';
import type { Sql } from '../pool.js';
import {
  type Context,
  findMessage,
  findShown,
  park,
  placeMessage,
  type StoredFile,
  touchConversation,
} from './context.js';
import type { KnownBuddy } from './people.js';
import { onReceipt, onSeen } from './reading.js';
import { type FoundDelivery, prove } from './receipts.js';
import { onChat, onContact } from './roster.js';
import { showThread, showThreadOf } from './threads.js';

type Handlers = { [K in Event['type']]: (context: Context, event: Extract<Event, { type: K }>) => Promise<void> };

/** One entry an event type; `typing` and `presence` are not history and never come here. */
const handlers: Handlers = {
  message: onMessage,
  edit: onEdit,
  deletion: onDeletion,
  reaction: onReaction,
  receipt: onReceipt,
  contact: onContact,
  chat: onChat,
  seen: onSeen,
  typing: async () => {},
  presence: async () => {},
};

/** Most revisions one event can need. */
export const REVISIONS_PER_EVENT = 10;

export function applyEvent<T extends Event>(context: Context, event: T): Promise<void> {
  const handle = handlers[event.type] as (context: Context, event: T) => Promise<void>;
  return handle(context, event);
}

async function onMessage(context: Context, event: MessageEvent): Promise<void> {
  if (event.from === undefined && (await isEcho(context, event))) return;
  const { buddy, chat } = await placeMessage(context, event);
  const stored = await storeMessage(context, event, chat.chatId, buddy);
  if (!stored) return;
  // What could not be read may have had files of its own.
  if (stored.healed) await context.sql.query('DELETE FROM message_attachments WHERE message_id = $1', [stored.id]);
  await attach(context, stored.id, context.files.get(event) ?? []);
  const shownIn = stored.groupId ?? chat.conversationId;
  if (stored.healed) return showAnew(context, shownIn, stored.id);
  if (context.counts) context.counts.added += 1;
  await showThread(context.sql, context.account.userId, { chatId: chat.chatId, remoteId: event.id }, context.revs);
  const counts = buddy !== undefined && event.backfill !== true && !chat.declined;
  const mentions = counts && stored.mentioned ? 1 : 0;
  const touch = { messageId: stored.id, at: stored.sentAt, unread: counts ? 1 : 0, mentions };
  await touchConversation(context, shownIn, touch);
  const wrote = buddy === undefined && event.backfill !== true && event.format !== 'system';
  if (wrote) await leaveGroup(context.sql, chat.chatId, stored.sentAt);
  await applyParked(context, event.id);
}

const STORE_MESSAGE = `INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at,
  reply_to, reply_to_remote, thread_remote, unreadable, rev, group_id, mentioned)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (chat_id, remote_id) DO UPDATE SET text = excluded.text, html = excluded.html, format = excluded.format,
  reply_to = excluded.reply_to, reply_to_remote = excluded.reply_to_remote, thread_remote = excluded.thread_remote,
  unreadable = excluded.unreadable, mentioned = excluded.mentioned, rev = excluded.rev
WHERE messages.unreadable <> coalesce(excluded.unreadable, '') AND messages.deleted_at IS NULL
RETURNING id, group_id AS "groupId", id <> $1 AS healed, mentioned`;

/**
 * Undefined where it is there already. What is there and cannot be read is healed: it keeps its place, and is neither
 * edited nor new.
 */
async function storeMessage(
  context: Context,
  event: MessageEvent,
  chatId: string,
  buddy: KnownBuddy | undefined,
): Promise<{ id: string; sentAt: Date; groupId: string | null; healed: boolean; mentioned: boolean } | undefined> {
  const { sql, account, revs } = context;
  const sentAt = clampTime(event.at, context.now);
  const answer = await answerOf(sql, { chatId, replyTo: event.replyTo, at: sentAt });
  const images = context.files
    .get(event)
    ?.flatMap(({ id, contentId }) => (contentId ? [[contentId, id] as const] : []));
  const { rows } = await sql.query<{ id: string; groupId: string | null; healed: boolean; mentioned: boolean }>({
    name: 'store-message',
    text: STORE_MESSAGE,
    values: [
      newId(),
      account.userId,
      chatId,
      event.id,
      buddy ? 'in' : 'out',
      buddy?.buddyId ?? null,
      buddy?.name ?? 'You',
      event.unreadable === undefined ? cleanText(event.text) : '',
      event.unreadable === undefined ? cleanHtml(event.html, new Map(images?.map(inPlace))) : null,
      event.format,
      sentAt,
      answer.replyTo,
      event.replyTo ?? null,
      event.thread ?? null,
      event.unreadable === undefined ? null : cleanLine(event.unreadable, 300) || 'It cannot be read.',
      revs.next(),
      buddy ? answer.groupId : null,
      buddy !== undefined && speaksToUser(context, event, answer.toUser),
    ],
  });
  return rows[0] && { ...rows[0], sentAt };
}

/** Between two everything does: there a name says nothing more. */
function speaksToUser({ mentions }: Context, event: MessageEvent, answersUser: boolean): boolean {
  const found = mentions?.(cleanText(event.text), event.html ?? null) ?? 'none';
  return found === 'keyword' || ((found === 'name' || answersUser) && event.chat.kind !== 'direct');
}

const inPlace = ([contentId, id]: readonly [string, string]): [string, string] => [contentId, `${FILE_URLS}${id}`];

async function showAnew({ sql, revs }: Context, conversationId: string, messageId: string): Promise<void> {
  await sql.query('UPDATE conversations SET rev = $3 WHERE id = $1 AND last_message_id = $2', [
    conversationId,
    messageId,
    revs.next(),
  ]);
}

/** A message of our own that comes back is proof, not news. */
async function isEcho(context: Context, event: MessageEvent): Promise<boolean> {
  const delivery =
    (await findByKey(context, event.key)) ??
    (await findInChat(context, event.chat.id, event.id)) ??
    (event.key === undefined ? await findByText(context, event) : undefined);
  if (!delivery) return false;
  if (await prove(context.sql, delivery, { proves: 'sent', remoteId: event.id }, context.revs))
    context.settled.push(delivery.id);
  await showThreadOf(context, delivery.id, event.id);
  await applyParked(context, event.id);
  return true;
}

async function findByKey({ sql, account }: Context, key: string | undefined): Promise<FoundDelivery | undefined> {
  if (key === undefined || !isUuid(key)) return undefined;
  const { rows } = await sql.query<FoundDelivery>(
    'SELECT id, message_id, status FROM deliveries WHERE (id = $1 AND key IS NULL OR key = $1) AND account_id = $2',
    [key, account.id],
  );
  return rows[0];
}

async function findInChat(
  { sql, account }: Context,
  chat: string,
  remoteId: string,
): Promise<FoundDelivery | undefined> {
  const { rows } = await sql.query<FoundDelivery>(
    `SELECT d.id, d.message_id, d.status FROM deliveries d JOIN chats c ON c.id = d.chat_id
     WHERE d.account_id = $1 AND d.remote_id = $2 AND c.remote_id = $3 LIMIT 1`,
    [account.id, remoteId, chat],
  );
  return rows[0];
}

/**
 * Where the network says neither key nor a known id: the oldest send in this chat that still has no id of its own, with
 * this very text and from this very time.
 */
async function findByText({ sql, account, now }: Context, event: MessageEvent): Promise<FoundDelivery | undefined> {
  const { rows } = await sql.query<FoundDelivery>(
    `SELECT d.id, d.message_id, d.status FROM deliveries d JOIN chats c ON c.id = d.chat_id JOIN messages m ON m.id = d.message_id
     WHERE c.account_id = $1 AND c.remote_id = $2 AND d.remote_id IS NULL AND m.text = $3
       AND d.status IN ('sending', 'sent', 'unknown', 'delivered') AND EXISTS (
         SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.at BETWEEN $4::timestamptz - $5::interval AND $4::timestamptz + $5::interval)
     ORDER BY d.id LIMIT 1`,
    [account.id, event.chat.id, cleanText(event.text), clampTime(event.at, now), ECHO_WINDOW],
  );
  return rows[0];
}

/** How far apart our clock and the network's may say a send was. */
const ECHO_WINDOW = '2 minutes';
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

async function attach(context: Context, messageId: string, files: StoredFile[]): Promise<void> {
  for (const [position, file] of files.entries()) {
    await context.sql.query(
      'INSERT INTO attachments (id, user_id, name, type, size, hash) VALUES ($1, $2, $3, $4, $5, $6)',
      [
        file.id,
        context.account.userId,
        cleanLine(file.name, 255) || 'file',
        cleanLine(file.type, 127) || 'application/octet-stream',
        file.size,
        file.hash,
      ],
    );
    await context.sql.query(
      'INSERT INTO message_attachments (message_id, attachment_id, position, content_id) VALUES ($1, $2, $3, $4)',
      [messageId, file.id, position, file.contentId === undefined ? null : cleanLine(file.contentId, 255) || null],
    );
  }
}

async function onEdit(context: Context, event: Extract<Event, { type: 'edit' }>): Promise<void> {
  const id = await findMessage(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  const at = clampTime(event.at, context.now);
  const words = { text: cleanText(event.text), html: cleanHtml(event.html) };
  const { rowCount } = await context.sql.query(
    'SELECT 1 FROM messages WHERE id = $1 AND deleted_at IS NULL AND (edited_at IS NULL OR edited_at <= $2)',
    [id, at],
  );
  if (!rowCount) return;
  await keepWording(context.sql, id, words);
  await context.sql.query(
    'UPDATE messages SET text = $2, html = $3, previews = NULL, edited_at = $4, unreadable = NULL, rev = $5 WHERE id = $1',
    [id, words.text, words.html, at, context.revs.next()],
  );
}

async function onDeletion(context: Context, event: Extract<Event, { type: 'deletion' }>): Promise<void> {
  const id = await findMessage(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  const { rowCount } = await context.sql.query(
    `UPDATE messages SET text = '', html = NULL, previews = NULL, deleted_at = $2, rev = $3 WHERE id = $1 AND deleted_at IS NULL`,
    [id, clampTime(event.at, context.now), context.revs.next()],
  );
  if (rowCount) await forgetWordings(context.sql, id, context.revs);
}

async function onReaction(context: Context, event: Extract<Event, { type: 'reaction' }>): Promise<void> {
  const id = await findShown(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  const sender = event.from?.id ?? '';
  const emoji = cleanLine(event.emoji, 64);
  if (event.on) {
    await context.sql.query(
      `INSERT INTO reactions (message_id, sender, name, emoji, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [id, sender, cleanLine(event.from?.name ?? event.from?.address ?? ''), emoji, clampTime(event.at, context.now)],
    );
  } else {
    await context.sql.query('DELETE FROM reactions WHERE message_id = $1 AND sender = $2 AND emoji = $3', [
      id,
      sender,
      emoji,
    ]);
  }
  await context.sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [id, context.revs.next()]);
}

/** What is parked longest is not waited for any more. */
export async function dropStaleParked(sql: Sql): Promise<void> {
  await sql.query(`DELETE FROM parked_events WHERE created_at < now() - interval '1 day'`);
}

/** Applies what came before the message it speaks of. */
export async function applyParked(context: Context, target: string): Promise<void> {
  if (!(await waits(context))) return;
  const { rows } = await context.sql.query<{ event: Event }>(
    `WITH due AS (DELETE FROM parked_events WHERE account_id = $1 AND target = $2 RETURNING id, event)
     SELECT event FROM due ORDER BY id LIMIT 50`,
    [context.account.id, target],
  );
  if (rows.length === 0) return;
  const more = {
    ...context,
    revs: await context.revs.more(context.sql, context.account.userId, rows.length * REVISIONS_PER_EVENT),
  };
  for (const row of rows) await applyEvent(more, row.event);
}

/** Whether anything of the account is parked; looked up once a call. */
async function waits({ sql, account, memory }: Context): Promise<boolean> {
  if (!memory) return true;
  memory.parked ??=
    (await sql.query('SELECT 1 FROM parked_events WHERE account_id = $1 LIMIT 1', [account.id])).rowCount === 1;
  return memory.parked;
}
