import type pg from 'pg';
import { countQuarantined } from '../database/quarantine/count.js';

export type Figures = {
  accounts: { network: string; state: string; n: number }[];
  /** `oldest`: seconds that the longest of them has been due; 0 where none is. */
  waiting: { network: string; status: string; n: number; oldest: number }[];
  /** May have gone out, and nothing says whether it did. */
  unknown: { network: string; n: number }[];
  quarantined: { network: string; direction: string; n: number }[];
  /** Most changes that a webhook has not been told of. */
  webhookLag: number;
  broadcasts: number;
  /** Bytes of the database. */
  size: number;
};

/** What the rows say of all users, read by indexes of what is not finished: never by going through history. */
export async function readFigures(pool: pg.Pool): Promise<Figures> {
  const [accounts, waiting, unknown, quarantined, rest] = await Promise.all([
    pool.query<Figures['accounts'][number]>(
      `SELECT network, CASE WHEN enabled THEN state ELSE 'disabled' END AS state, count(*) AS n
       FROM accounts WHERE deleted_at IS NULL GROUP BY 1, 2`,
    ),
    pool.query<Figures['waiting'][number]>(
      `SELECT a.network, d.status, count(*) AS n, coalesce(extract(epoch FROM now() - min(d.due_at)
         FILTER (WHERE d.status = 'queued' AND NOT d.held AND d.due_at <= now())), 0)::float8 AS oldest
       FROM deliveries d JOIN accounts a ON a.id = d.account_id
       WHERE d.status IN ('queued', 'sending') GROUP BY 1, 2`,
    ),
    pool.query<Figures['unknown'][number]>(
      `SELECT a.network, count(*) AS n FROM deliveries d JOIN accounts a ON a.id = d.account_id
       WHERE d.status = 'unknown' GROUP BY 1`,
    ),
    countQuarantined(pool),
    pool.query<{ lag: number; broadcasts: number; size: number }>(
      `SELECT coalesce((SELECT max(u.rev - w.sent_rev) FROM webhooks w JOIN users u ON u.id = w.user_id), 0) AS lag,
         (SELECT count(*) FROM broadcasts WHERE state = 'running') AS broadcasts,
         pg_database_size(current_database()) AS size`,
    ),
  ]);
  const { lag = 0, broadcasts = 0, size = 0 } = rest.rows[0] ?? {};
  return {
    accounts: accounts.rows,
    waiting: waiting.rows,
    unknown: unknown.rows,
    quarantined,
    webhookLag: lag,
    broadcasts,
    size,
  };
}
