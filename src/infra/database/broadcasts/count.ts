import type pg from 'pg';
import { open, progressOf } from '../../../core/broadcasts/progress.js';
import { furthest } from '../../../core/delivery/status.js';
import type { BroadcastProgress, BroadcastView, DeliveryStatus } from '../../../core/views.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { goesOn } from './hold.js';

type Row = {
  user_id: string;
  state: BroadcastView['state'];
  finished: boolean;
  progress: Partial<BroadcastProgress>;
  counted_rev: number;
  newest: number;
};

/**
 * Brings the numbers of a broadcast up to what is committed now: looks only at deliveries that moved since it was last
 * counted. Answers whether something is seen anew. The lock of the user's row is held for the last write alone.
 */
export async function count(pool: pg.Pool, id: string, now: number): Promise<boolean> {
  return inTransaction(pool, async (sql) => {
    await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('broadcast ' || $1, 0))`, [id]);
    const { rows } = await sql.query<Row>(
      `SELECT b.user_id, b.state, b.finished_at IS NOT NULL AS finished, b.progress, b.counted_rev, u.rev AS newest
       FROM broadcasts b JOIN users u ON u.id = b.user_id WHERE b.id = $1`,
      [id],
    );
    const row = rows[0];
    if (!row) return false;
    const moved = row.newest > row.counted_rev && (await follow(sql, id, row));
    const progress = await tally(sql, id);
    const ends =
      !row.finished && row.state !== 'paused' && open(progress) === 0 && !(await goesOn(sql, row.user_id, id));
    if (!ends && same(progress, progressOf(row.progress))) {
      if (moved) await sql.query('UPDATE broadcasts SET counted_rev = $2 WHERE id = $1', [id, row.newest]);
      return false;
    }
    const revs = await Revisions.take(sql, row.user_id, 1);
    await sql.query(
      `UPDATE broadcasts SET progress = $2, counted_rev = $3, rev = $4,
         finished_at = CASE WHEN $5 THEN coalesce(finished_at, $6) ELSE finished_at END,
         state = CASE WHEN $5 AND state = 'running' THEN 'done' ELSE state END
       WHERE id = $1`,
      [id, JSON.stringify(progress), row.newest, revs.next(), ends, new Date(now)],
    );
    return true;
  });
}

/** Revisions are in the order of commits: what is not seen now has a higher one. */
async function follow(sql: Sql, id: string, { user_id, counted_rev, newest }: Row): Promise<boolean> {
  const { rows } = await sql.query<{ message_id: string; statuses: DeliveryStatus[] }>({
    name: 'broadcast-moved',
    text: `WITH moved AS MATERIALIZED (
        SELECT DISTINCT d.message_id FROM deliveries d
        WHERE d.user_id = $2 AND d.rev > $3 AND d.rev <= $4 AND d.priority = 1)
      SELECT m.id AS message_id, array_agg(d.status) AS statuses FROM moved
      JOIN messages m ON m.id = moved.message_id AND m.broadcast_id = $1 JOIN deliveries d ON d.message_id = m.id GROUP BY m.id`,
    values: [id, user_id, counted_rev, newest],
  });
  if (rows.length === 0) return false;
  await sql.query({
    name: 'broadcast-follow',
    text: `UPDATE broadcast_recipients r SET status = s.status FROM unnest($1::uuid[], $2::text[]) AS s(message_id, status)
      WHERE r.message_id = s.message_id AND r.status <> s.status`,
    values: [rows.map((row) => row.message_id), rows.map((row) => furthest(row.statuses) ?? 'queued')],
  });
  return true;
}

async function tally(sql: Sql, id: string): Promise<BroadcastProgress> {
  const { rows } = await sql.query<{ status: keyof BroadcastProgress; n: number }>({
    name: 'broadcast-tally',
    text: 'SELECT status, count(*) AS n FROM broadcast_recipients WHERE broadcast_id = $1 GROUP BY status',
    values: [id],
  });
  return progressOf(Object.fromEntries(rows.map(({ status, n }) => [status, n])));
}

function same(a: BroadcastProgress, b: BroadcastProgress): boolean {
  const counts = new Map(Object.entries(b));
  return Object.entries(a).every(([status, n]) => counts.get(status) === n);
}
