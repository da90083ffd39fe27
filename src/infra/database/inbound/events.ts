import { newId } from '../../../core/ids.js';
import { cleanHtml } from '../../../core/messages/html.js';
import { clampTime, cleanLine, cleanText, type InboundAccount } from '../../../core/messages/inbound.js';
import type { Event, MessageEvent } from '../../../sdk/index.js';
import type { Revisions, Sql } from '../pool.js';
import { ensureBuddy, ensureChat, findChat } from './people.js';
import { type FoundDelivery, findDelivery, prove } from './receipts.js';

export type StoredFile = { name: string; type: string; size: number; hash: string };

export type Context = {
  sql: Sql;
  account: InboundAccount;
  revs: Revisions;
  now: number;
  /** Files of the call's messages, already in the attachment store. */
  files: Map<MessageEvent, StoredFile[]>;
  /** Deliveries whose state moved. */
  settled: string[];
};

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
  seen: async () => {},
  typing: async () => {},
  presence: async () => {},
};

/** Events an account may have waiting for their message; the oldest give way. */
const MOST_PARKED = 1_000;
/** Most revisions one event can need. */
export const REVISIONS_PER_EVENT = 8;

export function applyEvent<T extends Event>(context: Context, event: T): Promise<void> {
  const handle = handlers[event.type] as (context: Context, event: T) => Promise<void>;
  return handle(context, event);
}

async function onMessage(context: Context, event: MessageEvent): Promise<void> {
  if (event.from === undefined && (await isEcho(context, event))) return;
  const { sql, account, revs } = context;
  const direct = event.chat.kind === 'direct';
  const buddy = event.from && (await ensureBuddy(sql, account, event.from, direct, revs));
  const chat = await ensureChat(sql, account, event.chat, buddy, { request: false }, revs);
  const reply = event.replyTo === undefined ? undefined : await findMessage(context, event.chat.id, event.replyTo);
  const sentAt = clampTime(event.at, context.now);
  const id = newId();
  const { rowCount } = await sql.query(
    `INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at,
       reply_to, reply_to_remote, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (chat_id, remote_id) DO NOTHING`,
    [
      id,
      account.userId,
      chat.chatId,
      event.id,
      buddy ? 'in' : 'out',
      buddy?.buddyId ?? null,
      buddy?.name ?? 'You',
      cleanText(event.text),
      cleanHtml(event.html),
      event.format,
      sentAt,
      reply ?? null,
      event.replyTo ?? null,
      revs.next(),
    ],
  );
  if (!rowCount) return;
  await attach(context, id, context.files.get(event) ?? []);
  const counts = buddy !== undefined && event.backfill !== true && !chat.declined;
  await touchConversation(context, chat.conversationId, id, sentAt, counts ? 1 : 0);
  await applyParked(context, event.id);
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
  await applyParked(context, event.id);
  return true;
}

async function findByKey({ sql, account }: Context, key: string | undefined): Promise<FoundDelivery | undefined> {
  if (key === undefined || !isUuid(key)) return undefined;
  const { rows } = await sql.query<FoundDelivery>(
    'SELECT id, message_id, status FROM deliveries WHERE id = $1 AND account_id = $2',
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
    const id = newId();
    await context.sql.query(
      'INSERT INTO attachments (id, user_id, name, type, size, hash) VALUES ($1, $2, $3, $4, $5, $6)',
      [
        id,
        context.account.userId,
        cleanLine(file.name, 255) || 'file',
        cleanLine(file.type, 127) || 'application/octet-stream',
        file.size,
        file.hash,
      ],
    );
    await context.sql.query(
      'INSERT INTO message_attachments (message_id, attachment_id, position) VALUES ($1, $2, $3)',
      [messageId, id, position],
    );
  }
}

async function touchConversation(
  context: Context,
  conversationId: string,
  messageId: string,
  at: Date,
  unread: number,
): Promise<void> {
  await context.sql.query(
    `UPDATE conversations SET unread = unread + $4, archived = archived AND $4 = 0, rev = $5,
       last_message_id = CASE WHEN last_message_at IS NULL OR $3 >= last_message_at THEN $2 ELSE last_message_id END,
       last_message_at = greatest(last_message_at, $3)
     WHERE id = $1`,
    [conversationId, messageId, at, unread, context.revs.next()],
  );
}

/** Our id of a message the network names, whether it came in or went out. */
async function findMessage(context: Context, chatRemoteId: string, target: string): Promise<string | undefined> {
  const { rows } = await context.sql.query<{ id: string }>(
    `SELECT coalesce(m.echo_of, m.id) AS id FROM messages m JOIN chats c ON c.id = m.chat_id
       WHERE c.account_id = $1 AND c.remote_id = $2 AND m.remote_id = $3
     UNION ALL SELECT d.message_id FROM deliveries d JOIN chats c ON c.id = d.chat_id
       WHERE c.account_id = $1 AND c.remote_id = $2 AND d.remote_id = $3 LIMIT 1`,
    [context.account.id, chatRemoteId, target],
  );
  return rows[0]?.id;
}

async function onEdit(context: Context, event: Extract<Event, { type: 'edit' }>): Promise<void> {
  const id = await findMessage(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  await context.sql.query(
    `UPDATE messages SET text = $2, html = $3, edited_at = $4, rev = $5
     WHERE id = $1 AND deleted_at IS NULL AND (edited_at IS NULL OR edited_at <= $4)`,
    [id, cleanText(event.text), cleanHtml(event.html), clampTime(event.at, context.now), context.revs.next()],
  );
}

async function onDeletion(context: Context, event: Extract<Event, { type: 'deletion' }>): Promise<void> {
  const id = await findMessage(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  await context.sql.query(
    `UPDATE messages SET text = '', html = NULL, deleted_at = $2, rev = $3 WHERE id = $1 AND deleted_at IS NULL`,
    [id, clampTime(event.at, context.now), context.revs.next()],
  );
}

async function onReaction(context: Context, event: Extract<Event, { type: 'reaction' }>): Promise<void> {
  const id = await findMessage(context, event.chat.id, event.target);
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

async function onReceipt(context: Context, event: Extract<Event, { type: 'receipt' }>): Promise<void> {
  const delivery = await findDelivery(context.sql, context.account.id, event.target);
  if (!delivery) return park(context, event.target, event);
  const reason = event.reason === undefined ? undefined : cleanLine(event.reason, 1000);
  if (await prove(context.sql, delivery, { proves: event.proves, reason }, context.revs))
    context.settled.push(delivery.id);
}

async function onContact(context: Context, event: Extract<Event, { type: 'contact' }>): Promise<void> {
  await ensureBuddy(context.sql, context.account, event.buddy, true, context.revs);
}

async function onChat(context: Context, event: Extract<Event, { type: 'chat' }>): Promise<void> {
  const { sql, account, revs } = context;
  if (event.chat.kind === 'direct' && !(await findChat(sql, account.id, event.chat.id))) return;
  await ensureChat(sql, account, event.chat, undefined, { request: false, joined: event.joined }, revs);
}

async function park(context: Context, target: string, event: Event): Promise<void> {
  await context.sql.query('INSERT INTO parked_events (id, account_id, target, event) VALUES ($1, $2, $3, $4)', [
    newId(),
    context.account.id,
    target,
    JSON.stringify(event),
  ]);
  await context.sql.query(
    `DELETE FROM parked_events WHERE account_id = $1 AND id IN (
       SELECT id FROM parked_events WHERE account_id = $1 ORDER BY id DESC OFFSET $2)`,
    [context.account.id, MOST_PARKED],
  );
}

/** What is parked longest is not waited for any more. */
export async function dropStaleParked(sql: Sql): Promise<void> {
  await sql.query(`DELETE FROM parked_events WHERE created_at < now() - interval '1 day'`);
}

/** Applies what came before the message it speaks of. */
export async function applyParked(context: Context, target: string): Promise<void> {
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
