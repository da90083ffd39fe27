import type pg from 'pg';
import type { ReadStore, UntoldRead } from '../../core/conversations/receipts.js';
import type { TypingChat, TypingStore } from '../../core/conversations/typing.js';
import { notFound } from '../../core/errors.js';
import type { Sql } from './pool.js';

const TYPING_CHATS = 20;

/** What is told to the others of a chat beyond messages: that the user writes, and what they have read. */
export class PgRoomStore implements TypingStore, ReadStore {
  constructor(private readonly pool: pg.Pool) {}

  async chats(userId: string, conversationId: string): Promise<{ chats: TypingChat[]; all: boolean }> {
    const { rows } = await this.pool.query<{ allowed: boolean; mixed: boolean }>(
      `SELECT coalesce(v.send_typing, u.send_typing) AND v.request = 'none' AS allowed, v.mixed
       FROM conversations v JOIN users u ON u.id = v.user_id
       WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL`,
      [conversationId, userId],
    );
    if (!rows[0]) throw notFound('conversation');
    if (!rows[0].allowed) return { chats: [], all: false };
    const { rows: chats } = await this.pool.query<TypingChat>(
      `SELECT c.account_id AS "accountId", c.remote_id AS "remoteId" FROM chats c JOIN accounts a ON a.id = c.account_id
       WHERE (c.conversation_id = $1 OR c.group_id = $1) AND a.enabled AND a.deleted_at IS NULL AND c.joined AND NOT c.invited AND c.address IS NULL
       ORDER BY c.last_active_at DESC LIMIT $2`,
      [conversationId, TYPING_CHATS],
    );
    return { chats, all: rows[0].mixed };
  }

  async untold(accountId: string, limit: number): Promise<UntoldRead[]> {
    const { rows } = await this.pool.query<UntoldRead>(
      `SELECT c.id AS "chatId", c.remote_id AS "chatRemoteId", c.read_remote_id AS "upTo"
       FROM chats c JOIN conversations v ON v.id = c.conversation_id JOIN users u ON u.id = v.user_id
       WHERE c.account_id = $1 AND c.read_remote_id IS NOT NULL AND c.read_remote_id IS DISTINCT FROM c.read_told_remote_id
         AND c.joined AND v.request = 'none' AND coalesce(v.send_receipts, u.send_receipts)
       ORDER BY c.last_active_at DESC LIMIT $2`,
      [accountId, limit],
    );
    return rows;
  }

  async told(chatId: string, upTo: string): Promise<void> {
    await this.pool.query('UPDATE chats SET read_told_remote_id = $2 WHERE id = $1', [chatId, upTo]);
  }
}

/**
 * The newest incoming message of each chat up to the conversation's read marker is what the others may know of. Where
 * the user does not let them know, it counts as told: a later change of mind tells nothing of the past.
 * A chat holds what belongs to a group beside what does not, and networks are told "up to here": nothing is told past what
 * stands unread in the other of the two, nor less than before.
 * `before` is where the marker stood. Answers the accounts that have something to tell.
 */
export async function markRead(sql: Sql, conversationId: string, before: Date | null): Promise<string[]> {
  const { rows } = await sql.query<{ account_id: string; allowed: boolean }>(
    `WITH newest AS (
       SELECT DISTINCT ON (c.id) c.id, c.conversation_id, v.id AS place, v.user_id, v.mixed, m.remote_id, m.sent_at,
         coalesce(v.send_receipts, u.send_receipts) AS allowed
       FROM conversations v JOIN users u ON u.id = v.user_id CROSS JOIN LATERAL (
           SELECT id FROM chats WHERE conversation_id = v.id
           UNION SELECT chat_id FROM messages WHERE v.mixed AND group_id = v.id AND sent_at <= v.read_at
             AND sent_at >= coalesce($2, '-infinity'::timestamptz)) AS o
         JOIN chats c ON c.id = o.id JOIN messages m ON m.chat_id = c.id AND m.user_id = v.user_id
       WHERE v.id = $1 AND m.direction = 'in' AND m.remote_id IS NOT NULL AND m.format <> 'system'
         AND coalesce(m.group_id, c.conversation_id) = v.id
         AND m.sent_at >= coalesce($2, '-infinity'::timestamptz) AND (m.sent_at, m.id) <= (v.read_at, v.read_message_id)
       ORDER BY c.id, m.sent_at DESC, m.id DESC
     )
     UPDATE chats SET read_remote_id = n.remote_id,
       read_told_remote_id = CASE WHEN n.allowed THEN read_told_remote_id ELSE n.remote_id END
     FROM newest n WHERE chats.id = n.id AND chats.read_remote_id IS DISTINCT FROM n.remote_id
       AND NOT EXISTS (SELECT 1 FROM messages r WHERE r.chat_id = n.id AND r.remote_id = chats.read_remote_id
         AND r.sent_at > n.sent_at)
       AND NOT EXISTS (SELECT 1 FROM conversations w JOIN messages o ON o.chat_id = n.id
           AND coalesce(o.group_id, n.conversation_id) = w.id AND o.direction = 'in' AND o.deleted_at IS NULL
           AND o.sent_at <= n.sent_at AND o.sent_at > coalesce(w.read_at, '-infinity'::timestamptz)
         WHERE w.user_id = n.user_id AND w.id <> n.place AND w.unread > 0 AND (w.mixed OR n.mixed))
     RETURNING chats.account_id, n.allowed`,
    [conversationId, before],
  );
  return [...new Set(rows.filter((row) => row.allowed).map((row) => row.account_id))];
}
