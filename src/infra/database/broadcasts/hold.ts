import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import type { BroadcastView } from '../../../core/views.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';

const CANCELLED = 'The broadcast was cancelled.';

type State = BroadcastView['state'];

type Open = { id: string; message_id: string; chat_id: string | null; account_id: string };

/** Found among what is open of the user's accounts, however many messages the broadcast has. */
const OPEN = `
WITH o AS MATERIALIZED (
  SELECT d.id, d.message_id, d.chat_id, d.account_id, d.due_at, d.status FROM deliveries d
  WHERE d.account_id IN (SELECT id FROM accounts WHERE user_id = $2) AND d.status IN ('queued', 'sending') AND d.priority = 1)
SELECT o.id, o.message_id, o.chat_id, o.account_id FROM o JOIN messages m ON m.id = o.message_id AND m.broadcast_id = $1
WHERE o.status = ANY($3) AND ($4::timestamptz IS NULL OR o.due_at <= $4) ORDER BY o.id`;

async function openOf(
  sql: Sql,
  userId: string,
  id: string,
  statuses: readonly ('queued' | 'sending')[],
  due?: Date,
): Promise<Open[]> {
  const { rows } = await sql.query<Open>({
    name: 'open-of-broadcast',
    text: OPEN,
    values: [id, userId, statuses, due ?? null],
  });
  return rows;
}

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
  await change(sql, userId, await openOf(sql, userId, id, ['queued', 'sending']), 'held = true');
}

/** It goes on where it was; the time it was held is not its age. Answers the chats that have something to do now. */
export async function release(
  sql: Sql,
  userId: string,
  id: string,
  now: number,
): Promise<{ chatId: string; accountId: string }[]> {
  const renewed = 'held = false, expires_at = greatest(expires_at, $3::timestamptz + (expires_at - due_at))';
  await change(sql, userId, await openOf(sql, userId, id, ['queued', 'sending']), renewed, new Date(now));
  const due = await openOf(sql, userId, id, ['queued'], new Date(now));
  return due.flatMap(({ chat_id, account_id }) =>
    chat_id === null ? [] : [{ chatId: chat_id, accountId: account_id }],
  );
}

/** Ends what waits, and keeps what is being sent from going again. */
export async function endQueued(sql: Sql, userId: string, id: string): Promise<void> {
  const ended = "status = 'cancelled', reason = $3, next_attempt_at = NULL, fence = fence + 1";
  await change(sql, userId, await openOf(sql, userId, id, ['queued']), ended, CANCELLED);
  await change(sql, userId, await openOf(sql, userId, id, ['sending']), 'held = true');
}

/** Each of them, and its message, has a revision of its own. */
async function change(
  sql: Sql,
  userId: string,
  rows: readonly Open[],
  to: string,
  ...values: (string | Date)[]
): Promise<void> {
  if (rows.length === 0) return;
  const messages = [...new Set(rows.map((row) => row.message_id))];
  const count = rows.length + messages.length;
  const first = (await Revisions.take(sql, userId, count)).end - count;
  await sql.query(
    `UPDATE deliveries SET ${to}, rev = $2 + x.n FROM unnest($1::uuid[]) WITH ORDINALITY AS x(id, n)
     WHERE deliveries.id = x.id`,
    [rows.map((row) => row.id), first, ...values],
  );
  await sql.query(
    `UPDATE messages SET rev = $2 + x.n FROM unnest($1::uuid[]) WITH ORDINALITY AS x(id, n) WHERE messages.id = x.id`,
    [messages, first + rows.length],
  );
}

/** What is being sent of it right now. */
export async function sendingOf(sql: Sql, userId: string, id: string): Promise<string[]> {
  return (await openOf(sql, userId, id, ['sending'])).map((row) => row.id);
}

/** A later step of a route may still go to somebody whose message has been sent. */
export async function goesOn(sql: Sql, userId: string, id: string): Promise<boolean> {
  return (await openOf(sql, userId, id, ['queued', 'sending'])).length > 0;
}
