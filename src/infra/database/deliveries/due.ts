import type pg from 'pg';
import type { Place } from '../../../core/delivery/lanes.js';
import type { Due } from '../../../core/delivery/queue.js';

type Row = { chat_id: string; account_id: string; user_id: string; bulk: boolean };

const placeIn = (row: Row): Place => ({
  chatId: row.chat_id,
  accountId: row.account_id,
  userId: row.user_id,
  bulk: row.bulk,
});

/** Rows looked at for each account: a long queue in one chat is no reason to read all of it. */
const SCAN = 500;

export async function placeOf(pool: pg.Pool, chatId: string, now: number): Promise<Place | undefined> {
  const { rows } = await pool.query<Row>({
    name: 'place-of-chat',
    text: `SELECT c.id AS chat_id, c.account_id, a.user_id, coalesce((
        SELECT min(d.priority) FROM deliveries d WHERE d.chat_id = c.id AND d.status = 'queued' AND NOT d.held AND d.due_at <= $2), 0) > 0 AS bulk
      FROM chats c JOIN accounts a ON a.id = c.account_id WHERE c.id = $1`,
    values: [chatId, new Date(now)],
  });
  return rows[0] && placeIn(rows[0]);
}

/** Of each account the first few, people before bulk; users in turn, and a user's accounts. What is being sent goes on by itself. */
export async function due(pool: pg.Pool, accountIds: readonly string[], limit: number, now: number): Promise<Place[]> {
  if (accountIds.length === 0) return [];
  const { rows } = await pool.query<Row>({
    name: 'due-chats',
    text: `SELECT q.chat_id, a.id AS account_id, a.user_id, q.priority > 0 AS bulk
      FROM accounts a CROSS JOIN LATERAL (
        SELECT s.chat_id, min(s.priority) AS priority, min(s.due_at) AS due_at,
          row_number() OVER (ORDER BY min(s.priority), min(s.due_at)) AS place FROM (
          SELECT d.chat_id, d.priority, d.due_at FROM deliveries d
          WHERE d.account_id = a.id AND d.status = 'queued' AND NOT d.held AND d.due_at <= $1
            AND (d.next_attempt_at IS NULL OR d.next_attempt_at <= $1)
          ORDER BY d.priority, d.due_at LIMIT $3) AS s
        WHERE NOT EXISTS (SELECT 1 FROM deliveries b WHERE b.chat_id = s.chat_id AND b.status = 'sending')
        GROUP BY s.chat_id) AS q
      WHERE a.id = ANY($2) AND a.enabled AND a.deleted_at IS NULL
      ORDER BY row_number() OVER (PARTITION BY a.user_id ORDER BY q.place, q.priority, q.due_at), q.due_at LIMIT $4`,
    values: [new Date(now), accountIds, SCAN, limit],
  });
  return rows.map(placeIn);
}

export async function dueOfAccount(pool: pg.Pool, accountId: string, limit: number, now: number): Promise<Due[]> {
  const { rows } = await pool.query<Row & { at: Date | null }>(
    `SELECT s.chat_id, a.id AS account_id, a.user_id, min(s.priority) > 0 AS bulk, min(s.at) AS at
     FROM accounts a CROSS JOIN LATERAL (
       SELECT d.chat_id, d.priority, d.due_at, greatest(d.due_at, coalesce(d.next_attempt_at, d.due_at)) AS at
       FROM deliveries d WHERE d.account_id = a.id AND d.status = 'queued' AND NOT d.held AND d.due_at IS NOT NULL
       ORDER BY d.priority, d.due_at LIMIT 2 * $2) AS s
     WHERE a.id = $1 GROUP BY s.chat_id, a.id ORDER BY min(s.priority), min(s.due_at) LIMIT $2`,
    [accountId, limit],
  );
  return rows.map((row) => ({ ...placeIn(row), at: row.at?.getTime() ?? now }));
}
