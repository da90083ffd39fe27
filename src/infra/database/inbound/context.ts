import type { FindMention } from '../../../core/attention/mentions.js';
import { newId } from '../../../core/ids.js';
import type { InboundAccount } from '../../../core/messages/inbound.js';
import type { BuddyInfo, Event, MessageEvent } from '../../../sdk/index.js';
import type { Revisions, Sql } from '../pool.js';
import { ensureBuddy, ensureChat, type KnownBuddy, type KnownChat } from './people.js';

/** Its bytes are in the attachment store; `id` is that of the row it will have. */
export type StoredFile = {
  id: string;
  name: string;
  type: string;
  size: number;
  hash: string;
  contentId: string | undefined;
};

export type Context = {
  sql: Sql;
  account: InboundAccount;
  revs: Revisions;
  now: number;
  /** Files of the call's events, already in the attachment store. */
  files: Map<Event, StoredFile[]>;
  /** Deliveries whose state moved. */
  settled: string[];
  /** Messages that were not there before. */
  counts?: { added: number };
  memory?: Memory;
  /** What speaks to the user; absent where nobody does. */
  mentions?: FindMention;
};

type Touch = { messageId: string; at: Date; unread: number; mentions: number };

/** What one call has learned already, so that a page of messages asks for each chat and person once. */
export type Memory = {
  buddies: Map<string, KnownBuddy>;
  chats: Map<string, KnownChat>;
  /** What the conversations are still to be told of their messages: once a call, not once a message. */
  touched: Map<string, Touch>;
  /** Whether anything of the account waits for its message; undefined: not looked yet. */
  parked: boolean | undefined;
};

/** Events an account may have waiting for their message; the oldest give way. */
const MOST_PARKED = 1_000;
/** The conversation has a new message, read or not. */
export async function touchConversation(context: Context, conversationId: string, touch: Touch): Promise<void> {
  const { touched } = context.memory ?? {};
  if (!touched) return tellConversation(context, conversationId, touch);
  const before = touched.get(conversationId);
  const last = before && before.at > touch.at ? before : touch;
  touched.set(conversationId, {
    ...last,
    unread: (before?.unread ?? 0) + touch.unread,
    mentions: (before?.mentions ?? 0) + touch.mentions,
  });
}

/** Before anything looks at conversations, and at the end of a call. */
export async function tellConversations(context: Context): Promise<void> {
  const touched = [...(context.memory?.touched ?? [])];
  context.memory?.touched.clear();
  for (const [conversationId, touch] of touched) await tellConversation(context, conversationId, touch);
}

async function tellConversation(context: Context, conversationId: string, touch: Touch): Promise<void> {
  await context.sql.query(
    `UPDATE conversations SET unread = unread + $4, mentions = mentions + $6, archived = archived AND $4 = 0, rev = $5,
       last_message_id = CASE WHEN last_message_at IS NULL OR $3 >= last_message_at THEN $2 ELSE last_message_id END,
       last_message_at = greatest(last_message_at, $3)
     WHERE id = $1`,
    [conversationId, touch.messageId, touch.at, touch.unread, context.revs.next(), touch.mentions],
  );
}

/** Our id of a message the network names, whether it came in or went out. */
export async function findMessage(context: Context, chatRemoteId: string, target: string): Promise<string | undefined> {
  const { rows } = await context.sql.query<{ id: string }>(
    `SELECT coalesce(m.echo_of, m.id) AS id FROM messages m JOIN chats c ON c.id = m.chat_id
       WHERE c.account_id = $1 AND c.remote_id = $2 AND m.remote_id = $3
     UNION ALL SELECT d.message_id FROM deliveries d JOIN chats c ON c.id = d.chat_id
       WHERE c.account_id = $1 AND c.remote_id = $2 AND d.remote_id = $3 LIMIT 1`,
    [context.account.id, chatRemoteId, target],
  );
  return rows[0]?.id;
}

/** As `findMessage`, and where that was sent on from a member of a group: what they said. */
export async function findShown(context: Context, chatRemoteId: string, target: string): Promise<string | undefined> {
  const id = await findMessage(context, chatRemoteId, target);
  if (id === undefined) return undefined;
  const { rows } = await context.sql.query<{ id: string }>(
    'SELECT coalesce(relay_of, id) AS id FROM messages WHERE id = $1',
    [id],
  );
  return rows[0]?.id;
}

/** The chat and the sender of a message, made where they are new. Whom we wrote to ourselves is no stranger. */
export async function placeMessage(
  context: Context,
  event: MessageEvent,
): Promise<{ buddy: KnownBuddy | undefined; chat: KnownChat }> {
  const direct = event.chat.kind === 'direct';
  const partner = event.from ?? (direct ? event.to : undefined);
  const known = partner && (await buddyOf(context, partner, direct));
  const { sql, account, revs, memory } = context;
  const request = event.from === undefined ? false : 'strangers';
  const key = JSON.stringify([event.chat, direct && known?.buddyId, request]);
  const chat = memory?.chats.get(key) ?? (await ensureChat(sql, account, event.chat, known, { request }, revs));
  memory?.chats.set(key, chat);
  return { buddy: event.from && known, chat };
}

async function buddyOf(context: Context, info: BuddyInfo, listed: boolean): Promise<KnownBuddy> {
  const key = JSON.stringify([info, listed]);
  const known = context.memory?.buddies.get(key);
  if (known) return known;
  const buddy = await ensureBuddy(context.sql, context.account, info, listed, context.revs);
  context.memory?.buddies.set(key, buddy);
  return buddy;
}

/** People or chats were changed by something else than a message. */
export function forgetPlaces({ memory }: Context): void {
  memory?.buddies.clear();
  memory?.chats.clear();
}

/** Keeps an event until the message it speaks of is there. */
export async function park(context: Context, target: string, event: Event): Promise<void> {
  if (context.memory) context.memory.parked = true;
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
