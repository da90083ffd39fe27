import type pg from 'pg';
import type { Settled } from '../../../core/delivery/queue.js';
import { holds } from '../held.js';
import { inTransaction, Revisions } from '../pool.js';
import { failExpired } from './settle.js';

const AGAIN = 'Parley stopped while this was being sent; it is sent again under the same id.';
const DOUBTFUL = 'Parley stopped while this was being sent; it may have been sent.';

type Row = { id: string; message_id: string; user_id: string };

/** Ends what an earlier process left in `sending`, and says so in the ledger. */
export async function recover(
  pool: pg.Pool,
  {
    accountId,
    idempotent,
    inFlight,
    now,
  }: { accountId: string; idempotent: boolean; inFlight: readonly string[]; now: number },
): Promise<Settled[]> {
  const left = `SELECT id, message_id, user_id FROM deliveries WHERE account_id = $1 AND status = 'sending' AND id <> ALL($2::uuid[]) ORDER BY id`;
  const { rows: found } = await pool.query<Row>(left, [accountId, inFlight]);
  const userId = found[0]?.user_id;
  if (userId === undefined) return [];
  return inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 2 * found.length);
    const { rows } = await sql.query<Row>(`${left} LIMIT $3`, [accountId, inFlight, found.length]);
    const [status, reason] = idempotent ? ['queued', AGAIN] : ['unknown', DOUBTFUL];
    for (const row of rows) {
      await sql.query(
        'UPDATE deliveries SET status = $2, reason = $3, next_attempt_at = NULL, fence = fence + 1, rev = $4 WHERE id = $1',
        [row.id, status, reason, revs.next()],
      );
      await sql.query(
        `UPDATE attempts SET outcome = 'unknown', reason = $2, ended_at = $3 WHERE delivery_id = $1 AND outcome = 'sending'`,
        [row.id, reason, new Date(now)],
      );
      await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [row.message_id, revs.next()]);
    }
    return rows.map((row) => ({ deliveryId: row.id, userId }));
  });
}

/** Accounts that have something in `sending`, also those that are switched off or removed. */
export async function sendingAccounts(
  pool: pg.Pool,
  userIds?: readonly string[],
): Promise<{ accountId: string; network: string }[]> {
  const { rows } = await pool.query<{ accountId: string; network: string }>(
    `SELECT DISTINCT a.id AS "accountId", a.network FROM deliveries d JOIN accounts a ON a.id = d.account_id
     WHERE d.status = 'sending' AND ${holds('d.user_id')}
       AND ($1::uuid[] IS NULL OR d.user_id = ANY($1))`,
    [userIds ?? null],
  );
  return rows;
}

/** Fails what waited past its age limit, one user after the other. */
export async function expire(pool: pg.Pool, limit: number, now: number): Promise<Settled[]> {
  const { rows: found } = await pool.query<Row>(
    `SELECT id, message_id, user_id FROM deliveries WHERE status = 'queued' AND NOT held AND expires_at <= $1 AND ${holds('user_id')}
     ORDER BY expires_at LIMIT $2`,
    [new Date(now), limit],
  );
  const settled: Settled[] = [];
  for (const [userId, rows] of Map.groupBy(found, (row) => row.user_id)) {
    await inTransaction(pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 2 * rows.length);
      const { rows: still } = await sql.query<Row>(
        `SELECT id, message_id, user_id FROM deliveries WHERE id = ANY($1) AND status = 'queued' AND NOT held AND expires_at <= $2`,
        [rows.map((row) => row.id), new Date(now)],
      );
      for (const row of still) await failExpired(sql, row, revs);
      settled.push(...still.map((row) => ({ deliveryId: row.id, userId })));
    });
  }
  return settled;
}
