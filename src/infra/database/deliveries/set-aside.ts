import type pg from 'pg';
import type { Settled } from '../../../core/delivery/queue.js';
import { inTransaction, Revisions } from '../pool.js';
import { deliveryApart, detailOf, keep } from '../quarantine/keep.js';
import { fail } from './settle.js';

type Head = { id: string; message_id: string; user_id: string; account_id: string };

const HEAD = `SELECT id, message_id, user_id, account_id FROM deliveries
  WHERE chat_id = $1 AND status = 'queued' AND NOT held AND due_at <= $2 AND (next_attempt_at IS NULL OR next_attempt_at <= $2)
  ORDER BY id LIMIT 1`;

/** Fails what is first in the chat's queue, by a fault of ours, so that the others go on. */
export async function setHeadAside(
  pool: pg.Pool,
  chatId: string,
  cause: unknown,
  now: number,
): Promise<Settled | undefined> {
  const values = [chatId, new Date(now)];
  const found = (await pool.query<Head>(HEAD, values)).rows[0];
  if (!found) return undefined;
  return inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, found.user_id, 2);
    const head = (await sql.query<Head>(HEAD, values)).rows[0];
    if (!head) return undefined;
    const detail = `Parley could not take it up to be sent: ${detailOf(cause)}`;
    await fail(sql, head, detail, revs);
    await keep(sql, { ...deliveryApart({ id: head.id, userId: head.user_id, accountId: head.account_id }), detail });
    return { deliveryId: head.id, userId: head.user_id };
  });
}
