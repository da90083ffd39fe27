import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import type { BroadcastView } from '../../../core/views.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';

const CANCELLED = 'The broadcast was cancelled.';

type State = BroadcastView['state'];

/** Deliveries of a broadcast that stand so, numbered, so that each has a revision of its own. */
const those = (statuses: string): string => `SELECT d.id, d.message_id, row_number() OVER (ORDER BY d.id) AS n
  FROM messages m JOIN deliveries d ON d.message_id = m.id AND d.status IN (${statuses})
  WHERE m.broadcast_id = $1 AND m.user_id = $2`;

/** Changes the state under the lock of the user's row: no batch is made and nothing is claimed meanwhile. */
export async function changeState(
  pool: pg.Pool,
  userId: string,
  id: string,
  { from, to, verb }: { from: readonly State[]; to: State; verb: string },
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 1);
    const { rows } = await sql.query<{ state: State }>('SELECT state FROM broadcasts WHERE id = $1 AND user_id = $2', [
      id,
      userId,
    ]);
    const state = rows[0]?.state;
    if (state === undefined) throw notFound('broadcast');
    if (state === to) return;
    if (!from.includes(state))
      throw new DomainError('conflict', `cannot-${verb}`, `This broadcast is ${state}: there is nothing to ${verb}.`);
    await sql.query('UPDATE broadcasts SET state = $2, rev = $3 WHERE id = $1', [id, to, revs.next()]);
    await work(sql);
  });
}

/** Nothing of it goes out; what is being sent does not go again either, should it come back. */
export async function hold(sql: Sql, userId: string, id: string): Promise<void> {
  await numbered(sql, userId, id, "'queued', 'sending'", 'held = true');
}

/** It goes on where it was; the time it was held is not its age. Answers the chats that have something to do now. */
export async function release(
  sql: Sql,
  userId: string,
  id: string,
  now: number,
): Promise<{ chatId: string; accountId: string }[]> {
  await numbered(
    sql,
    userId,
    id,
    "'queued', 'sending'",
    'held = false, expires_at = greatest(expires_at, $4::timestamptz + (expires_at - due_at))',
    new Date(now),
  );
  const { rows } = await sql.query<{ chatId: string; accountId: string }>(
    `SELECT DISTINCT d.chat_id AS "chatId", d.account_id AS "accountId" FROM messages m JOIN deliveries d ON d.message_id = m.id
     WHERE m.broadcast_id = $1 AND d.status = 'queued' AND d.due_at <= $2 AND d.chat_id IS NOT NULL`,
    [id, new Date(now)],
  );
  return rows;
}

/** Ends what waits, and keeps what is being sent from going again. */
export async function endQueued(sql: Sql, userId: string, id: string): Promise<void> {
  await numbered(
    sql,
    userId,
    id,
    "'queued'",
    "status = 'cancelled', reason = $4, next_attempt_at = NULL, fence = fence + 1",
    CANCELLED,
  );
  await numbered(sql, userId, id, "'sending'", 'held = true');
}

async function numbered(
  sql: Sql,
  userId: string,
  id: string,
  statuses: string,
  change: string,
  ...values: unknown[]
): Promise<void> {
  const { rows } = await sql.query<{ n: number }>(`SELECT count(*) AS n FROM (${those(statuses)}) AS x`, [id, userId]);
  const n = rows[0]?.n ?? 0;
  if (n === 0) return;
  const first = (await Revisions.take(sql, userId, 2 * n)).end - 2 * n;
  await sql.query(
    `WITH x AS MATERIALIZED (${those(statuses)}), m AS (
       UPDATE messages SET rev = $3 + ${n} + y.n FROM (SELECT message_id, max(n) AS n FROM x GROUP BY message_id) AS y
       WHERE messages.id = y.message_id)
     UPDATE deliveries SET ${change}, rev = $3 + x.n FROM x WHERE deliveries.id = x.id`,
    [id, userId, first, ...values],
  );
}

/** What is being sent of it right now. */
export async function sendingOf(pool: pg.Pool, id: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT d.id FROM messages m JOIN deliveries d ON d.message_id = m.id AND d.status = 'sending' WHERE m.broadcast_id = $1`,
    [id],
  );
  return rows.map((row) => row.id);
}
