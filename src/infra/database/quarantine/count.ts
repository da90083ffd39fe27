import type pg from 'pg';

const KEPT_DAYS = 90;

/** What can still be tried again or discarded: of what was to go out, only what has not gone another way since. */
export const isThere = `(q.direction = 'in' OR EXISTS (SELECT 1 FROM deliveries d JOIN messages m ON m.id = d.message_id
  WHERE d.id = q.delivery_id AND d.status = 'failed' AND m.deleted_at IS NULL))`;
export const SHOWN = `quarantined q JOIN accounts a ON a.id = q.account_id AND a.deleted_at IS NULL`;

/** Of all users. */
export async function countQuarantined(pool: pg.Pool): Promise<{ network: string; direction: string; n: number }[]> {
  const { rows } = await pool.query<{ network: string; direction: string; n: number }>(
    `SELECT a.network, q.direction, count(*) AS n FROM ${SHOWN} WHERE ${isThere} GROUP BY 1, 2`,
  );
  return rows;
}

/** To be called from time to time. */
export async function dropStale(pool: pg.Pool): Promise<void> {
  await pool.query(
    `DELETE FROM quarantined q WHERE q.created_at < now() - $1 * interval '1 day' OR NOT ${isThere}
       OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = q.account_id AND a.deleted_at IS NOT NULL)`,
    [KEPT_DAYS],
  );
}
