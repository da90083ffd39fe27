import type { HistoryChat, HistoryPlace, HistoryStore } from '../../../core/messages/history.js';
import type { Json } from '../../../sdk/index.js';
import type { Sql } from '../pool.js';

/** The oldest message of a chat, whether it came in or went out; what Parley wrote itself no network knows. */
const OLDEST = `
SELECT remote_id, at FROM (
  (SELECT remote_id, sent_at AS at FROM messages WHERE chat_id = c.id AND remote_id IS NOT NULL
     AND remote_id NOT LIKE 'parley:%' AND remote_id NOT LIKE 'quarantine:%'
   ORDER BY sent_at, id LIMIT 1)
  UNION ALL
  (SELECT remote_id, message_at FROM deliveries WHERE chat_id = c.id AND remote_id IS NOT NULL
   ORDER BY message_at, message_id LIMIT 1)
) AS ends ORDER BY at LIMIT 1`;

type ChatRow = { id: string; remote_id: string; account_id: string; user_id: string; network: string; done: boolean };
type PlaceRow = { position: Json | null; done: boolean; remote_id: string | null; at: Date | null };

export class PgHistoryStore implements HistoryStore {
  constructor(private readonly sql: Sql) {}

  async chats(userId: string, conversationId: string, limit: number): Promise<HistoryChat[]> {
    const { rows } = await this.sql.query<ChatRow>({
      name: 'history-chats',
      text: `SELECT c.id, c.remote_id, c.account_id, a.user_id, a.network, c.history_done AS done
        FROM chats c JOIN accounts a ON a.id = c.account_id
        WHERE c.conversation_id = $1 AND a.user_id = $2 AND a.deleted_at IS NULL AND c.address IS NULL AND c.joined
        ORDER BY c.last_active_at DESC, c.id LIMIT $3`,
      values: [conversationId, userId, limit],
    });
    return rows.map((row) => ({
      id: row.id,
      remoteId: row.remote_id,
      account: { id: row.account_id, userId: row.user_id, network: row.network },
      done: row.done,
    }));
  }

  async oldest(chatIds: string[]): Promise<Map<string, number>> {
    const { rows } = await this.sql.query<{ id: string; at: Date }>({
      name: 'history-oldest',
      text: `SELECT c.id, o.at FROM unnest($1::uuid[]) AS c(id) CROSS JOIN LATERAL (${OLDEST}) AS o`,
      values: [chatIds],
    });
    return new Map(rows.map((row) => [row.id, row.at.getTime()]));
  }

  async place(chatId: string): Promise<HistoryPlace & { done: boolean }> {
    const { rows } = await this.sql.query<PlaceRow>({
      name: 'history-place',
      text: `SELECT c.history_position AS position, c.history_done AS done, o.remote_id, o.at
        FROM chats c LEFT JOIN LATERAL (${OLDEST}) AS o ON true WHERE c.id = $1`,
      values: [chatId],
    });
    const row = rows[0];
    if (!row) return { oldest: undefined, position: undefined, done: true };
    return {
      done: row.done,
      position: row.position ?? undefined,
      oldest: row.remote_id === null || row.at === null ? undefined : { id: row.remote_id, at: row.at.getTime() },
    };
  }
}
