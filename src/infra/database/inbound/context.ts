import { newId } from '../../../core/ids.js';
import type { InboundAccount } from '../../../core/messages/inbound.js';
import type { Event } from '../../../sdk/index.js';
import type { Revisions, Sql } from '../pool.js';

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
};

/** Events an account may have waiting for their message; the oldest give way. */
const MOST_PARKED = 1_000;
export async function touchConversation(
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

/** Keeps an event until the message it speaks of is there. */
export async function park(context: Context, target: string, event: Event): Promise<void> {
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
