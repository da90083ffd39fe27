import type { PageRequest } from '../../../core/views.js';
import type { Sql } from '../pool.js';
import { decodeCursor, type Found } from './timeline.js';

/** Messages of which something is still to go, at a time that has not come: the next one first. */
export async function scheduledIds(
  sql: Sql,
  userId: string,
  { limit, cursor }: PageRequest,
  now: number,
): Promise<Found[]> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const { rows } = await sql.query<Found>(
    `SELECT m.id, m.sent_at FROM messages m
     WHERE m.user_id = $1 AND m.sent_at > $2 AND m.echo_of IS NULL AND m.deleted_at IS NULL
       AND EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id AND d.status = 'queued')
       AND ($3::timestamptz IS NULL OR (m.sent_at, m.id) > ($3, $4::uuid))
     ORDER BY m.sent_at, m.id LIMIT $5`,
    [userId, new Date(now), after?.sent_at ?? null, after?.id ?? null, limit],
  );
  return rows;
}
