import type pg from 'pg';
import type { ReadStore, UntoldRead } from '../../core/conversations/receipts.js';
import type { TypingChat, TypingStore } from '../../core/conversations/typing.js';
import { notFound } from '../../core/errors.js';
import type { Sql } from './pool.js';

const TYPING_CHATS = 20;

/** What is told to the others of a chat beyond messages: that the user writes, and what they have read. */
export class PgRoomStore implements TypingStore, ReadStore {
  constructor(private readonly pool: pg.Pool) {}

  async chats(userId: string, conversationId: string): Promise<TypingChat[]> {
    const { rows } = await this.pool.query<{ allowed: boolean }>(
      `SELECT coalesce(v.send_typing, u.send_typing) AND v.request = 'none' AS allowed
       FROM conversations v JOIN users u ON u.id = v.user_id
       WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL`,
      [conversationId, userId],
    );
    if (!rows[0]) throw notFound('conversation');
    if (!rows[0].allowed) return [];
    const { rows: chats } = await this.pool.query<TypingChat>(
      `SELECT c.account_id AS "accountId", c.remote_id AS "remoteId" FROM chats c JOIN accounts a ON a.id = c.account_id
       WHERE c.conversation_id = $1 AND a.enabled AND a.deleted_at IS NULL AND c.joined AND NOT c.invited AND c.address IS NULL
       ORDER BY c.last_active_at DESC LIMIT $2`,
      [conversationId, TYPING_CHATS],
    );
    return chats;
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
 * `before` is where the marker stood. Answers the accounts that have something to tell.
 */
export async function markRead(sql: Sql, conversationId: string, before: Date | null): Promise<string[]> {
  const { rows } = await sql.query<{ account_id: string; allowed: boolean }>(
    `WITH newest AS (
       SELECT DISTINCT ON (c.id) c.id, coalesce(v.send_receipts, u.send_receipts) AS allowed, m.remote_id
       FROM conversations v JOIN users u ON u.id = v.user_id JOIN chats c ON c.conversation_id = v.id
         JOIN messages m ON m.chat_id = c.id AND m.user_id = v.user_id
       WHERE v.id = $1 AND m.direction = 'in' AND m.remote_id IS NOT NULL AND m.format <> 'system'
         AND m.sent_at >= coalesce($2, '-infinity'::timestamptz) AND (m.sent_at, m.id) <= (v.read_at, v.read_message_id)
       ORDER BY c.id, m.sent_at DESC, m.id DESC
     )
     UPDATE chats SET read_remote_id = n.remote_id,
       read_told_remote_id = CASE WHEN n.allowed THEN read_told_remote_id ELSE n.remote_id END
     FROM newest n WHERE chats.id = n.id AND chats.read_remote_id IS DISTINCT FROM n.remote_id
     RETURNING chats.account_id, n.allowed`,
    [conversationId, before],
  );
  return [...new Set(rows.filter((row) => row.allowed).map((row) => row.account_id))];
}
