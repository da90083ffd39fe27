import type pg from 'pg';
import type { Place } from '../../../core/delivery/lanes.js';
import type { Settled, TakeOver } from '../../../core/delivery/queue.js';
import { newId } from '../../../core/ids.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import { holds, isHeld } from '../held.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { OPEN_REVISIONS, openLater } from './chats.js';

/** Standbys of standbys that are followed. */
const LONGEST = 5;

export async function announce(pool: pg.Pool, accountId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ user_id: string }>(
    `WITH u AS (
       UPDATE users SET rev = users.rev + 1 FROM accounts a WHERE a.id = $1 AND a.deleted_at IS NULL AND users.id = a.user_id
         AND ${isHeld('users')}
       RETURNING users.id, users.rev)
     UPDATE accounts SET rev = u.rev FROM u WHERE accounts.id = $1 RETURNING user_id`,
    [accountId],
  );
  return rows[0]?.user_id;
}

export async function inNeed(pool: pg.Pool, now: number): Promise<{ accountId: string; why: string | undefined }[]> {
  const { rows } = await pool.query<{ id: string; why: string | null }>(
    `SELECT a.id, a.state_why AS why FROM accounts a
     WHERE a.standby_id IS NOT NULL AND a.enabled AND a.deleted_at IS NULL AND ${holds('a.user_id')}
       AND EXISTS (SELECT 1 FROM deliveries d WHERE d.account_id = a.id AND d.status = 'queued' AND NOT d.held AND d.due_at <= $1)`,
    [new Date(now)],
  );
  return rows.map(({ id, why }) => ({ accountId: id, why: why ?? undefined }));
}

export async function standbysOf(pool: pg.Pool, accountId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH RECURSIVE line AS (
       SELECT a.id, a.user_id, a.channel, a.standby_id, 0 AS place, ARRAY[a.id] AS seen FROM accounts a WHERE a.id = $1
       UNION ALL
       SELECT a.id, a.user_id, a.channel, a.standby_id, l.place + 1, l.seen || a.id FROM line l
       JOIN accounts a ON a.id = l.standby_id AND a.user_id = l.user_id AND a.channel = l.channel
       WHERE a.deleted_at IS NULL AND a.enabled AND a.id <> ALL(l.seen) AND l.place < $2)
     SELECT id FROM line WHERE place > 0 ORDER BY place`,
    [accountId, LONGEST],
  );
  return rows.map((row) => row.id);
}

type Account = { id: string; user_id: string; network: string; name: string };
type Row = {
  id: string;
  message_id: string;
  target: string;
  priority: number;
  chat_id: string;
  conversation_id: string;
  contact_id: string | null;
  group_id: string | null;
  known_chat: string | null;
  known_buddy: string | null;
};

/**
 * What is due and surely has not gone out, not even in part: to one address, in a chat where nothing is being sent, by
 * no account twice.
 */
const MOVABLE = `
SELECT d.id, d.message_id, d.target, d.priority, d.chat_id, c.conversation_id, v.contact_id, m.group_id,
  (SELECT k.id FROM chats k LEFT JOIN buddies b ON b.id = k.buddy_id
   WHERE k.account_id = $2 AND k.kind = 'direct' AND k.subject IS NULL AND lower(coalesce(b.address, k.address)) = lower(d.target)
   ORDER BY k.last_active_at DESC LIMIT 1) AS known_chat,
  (SELECT b.id FROM buddies b WHERE b.account_id = $2 AND lower(b.address) = lower(d.target) LIMIT 1) AS known_buddy
FROM deliveries d JOIN chats c ON c.id = d.chat_id AND c.kind = 'direct'
JOIN conversations v ON v.id = c.conversation_id JOIN messages m ON m.id = d.message_id
LEFT JOIN buddies o ON o.id = c.buddy_id
WHERE d.account_id = $1 AND d.status = 'queued' AND NOT d.held AND d.due_at <= $3 AND d.expires_at > $3
  AND coalesce(o.address, c.address) = d.target AND o.opted_out IS NOT TRUE
  AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = d.chat_id AND s.status = 'sending')
  AND NOT EXISTS (SELECT 1 FROM attempts t WHERE t.delivery_id = d.id AND (t.outcome IN ('unknown', 'sending') OR t.parts > 0))
  AND NOT EXISTS (
    WITH RECURSIVE before AS (
      SELECT d.stands_in_for AS id
      UNION ALL SELECT p.stands_in_for FROM before JOIN deliveries p ON p.id = before.id)
    SELECT 1 FROM before JOIN deliveries p ON p.id = before.id WHERE p.account_id = $2)
ORDER BY d.priority, d.id LIMIT $4`;

/** One transaction: what was to go by the one account ends there, and begins anew at the other. */
export async function takeOver(
  pool: pg.Pool,
  { accountId, standbyId, why }: TakeOver,
  limit: number,
  now: number,
): Promise<{ settled: Settled[]; places: Place[] }> {
  const from = await accountOf(pool, accountId);
  const to = await accountOf(pool, standbyId);
  if (!from || !to) return { settled: [], places: [] };
  return inTransaction(pool, async (sql) => {
    let revs = await Revisions.take(sql, from.user_id, 1);
    const { rows } = await sql.query<Row>(MOVABLE, [accountId, standbyId, new Date(now), limit]);
    if (rows.length === 0) return { settled: [], places: [] };
    revs = await revs.more(sql, from.user_id, rows.length * (OPEN_REVISIONS + 3));
    const places: Place[] = [];
    for (const row of rows) {
      const chatId = await chatFor(sql, to, row, revs);
      await move(sql, row, { from, to, why, chatId, now }, revs);
      places.push({ chatId, accountId: to.id, userId: to.user_id, bulk: row.priority > 0 });
    }
    return { settled: rows.map(({ id }) => ({ deliveryId: id, userId: from.user_id })), places };
  });
}

async function accountOf(pool: pg.Pool, id: string): Promise<Account | undefined> {
  const { rows } = await pool.query<Account>(
    'SELECT id, user_id, network, name FROM accounts WHERE id = $1 AND deleted_at IS NULL',
    [id],
  );
  return rows[0];
}

/** The chat with the same address there; an answer that comes by it belongs where one to the first would. */
async function chatFor(sql: Sql, to: Account, row: Row, revs: Revisions): Promise<string> {
  const account = { id: to.id, userId: to.user_id, network: to.network };
  const place = { id: row.conversation_id, contactId: row.contact_id };
  const target = { address: row.target, buddyId: row.known_buddy };
  const chatId = row.known_chat ?? (await openLater(sql, account, place, target, revs));
  await sql.query(
    `UPDATE chats k SET group_id = f.group_id, group_at = f.group_at FROM chats f
     WHERE k.id = $1 AND f.id = $2 AND (k.group_id, k.group_at) IS DISTINCT FROM (f.group_id, f.group_at)`,
    [chatId, row.chat_id],
  );
  return chatId;
}

type To = { from: Account; to: Account; why: string; chatId: string; now: number };

async function move(sql: Sql, row: Row, { from, to, why, chatId, now }: To, revs: Revisions): Promise<void> {
  const trouble = cleanLine(why, 500);
  await sql.query(
    `INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, step, kind, contact_id, why,
       conditions, priority, stands_in_for, due_at, unless, within_ms, expires_at, message_at, rev, created_at)
     SELECT $2, user_id, message_id, $3, $4, channel, target, step, kind, contact_id, $5,
       conditions, priority, id, due_at, unless, within_ms, expires_at, message_at, $6, $7 FROM deliveries WHERE id = $1`,
    [row.id, newId(), to.id, chatId, `In place of ${from.name}, which failed: ${trouble}`, revs.next(), new Date(now)],
  );
  await sql.query(
    `UPDATE deliveries SET status = 'cancelled', reason = $2, next_attempt_at = NULL, fence = fence + 1, rev = $3
     WHERE id = $1`,
    [row.id, `${from.name} failed: ${trouble}; it goes by ${to.name} instead`, revs.next()],
  );
  await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [row.message_id, revs.next()]);
}
