import { nextMoves, type Rung } from '../../../core/delivery/fallback.js';
import { Revisions, type Sql } from '../pool.js';
import { cancel } from './settle.js';

type Row = Pick<Rung, 'id' | 'step' | 'channel' | 'status' | 'kind'> & {
  reason: string | null;
  due_at: Date;
  unless: NonNullable<Rung['unless']> | null;
  within_ms: number | null;
  conditions: NonNullable<Rung['conditions']> | null;
  contact_id: string | null;
};

/** Of a delivery's message and person, as steps; one that another stands in for is none any more. */
export async function rungsOf(sql: Sql, deliveryId: string): Promise<Rung[]> {
  const { rows } = await sql.query<Row>({
    name: 'rungs',
    text: `SELECT d.id, d.step, d.channel, d.status, d.reason, d.due_at, d.kind, d.unless, d.within_ms, d.conditions, d.contact_id
      FROM deliveries one JOIN deliveries d ON d.message_id = one.message_id AND d.contact_id IS NOT DISTINCT FROM one.contact_id
      WHERE one.id = $1
        AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.message_id = d.message_id AND s.stands_in_for = d.id)`,
    values: [deliveryId],
  });
  return rows.map((row) => ({
    id: row.id,
    step: row.step,
    channel: row.channel,
    status: row.status,
    reason: row.reason ?? undefined,
    dueAt: row.due_at.getTime(),
    kind: row.kind,
    unless: row.unless ?? undefined,
    withinMs: row.within_ms ?? 0,
    conditions: row.conditions ?? undefined,
    person: row.contact_id ?? undefined,
  }));
}

/**
 * Applies what is to be done about the steps after a delivery that have not gone out; answers the chats to ring, and
 * when.
 */
export async function advance(
  sql: Sql,
  { userId, messageId, deliveryId, now }: { userId: string; messageId: string; deliveryId: string; now: number },
): Promise<{ chatId: string; at: number }[]> {
  const revs = await Revisions.take(sql, userId, 1);
  const moves = nextMoves(await rungsOf(sql, deliveryId), now);
  if (moves.length === 0) return [];
  const more = await revs.more(sql, userId, 2 * moves.length);
  const rings: { chatId: string; at: number }[] = [];
  for (const move of moves) {
    if (move.is === 'cancel') {
      await cancel(sql, { id: move.id, message_id: messageId }, move.reason, more);
      continue;
    }
    const { rows } = await sql.query<{ chat_id: string }>(MOVE, [move.id, new Date(move.at), more.next()]);
    rings.push(...rows.map((row) => ({ chatId: row.chat_id, at: move.at })));
  }
  return rings;
}

/** The age limit runs from when a step may go. */
const MOVE = `UPDATE deliveries SET due_at = $2, expires_at = expires_at + ($2 - due_at), rev = $3
  WHERE id = $1 AND status = 'queued' RETURNING chat_id`;

/** Its turn comes later; those after it wait their time from there. */
export async function postpone(sql: Sql, delivery: { id: string; message_id: string }, at: number, revs: Revisions) {
  await sql.query(MOVE, [delivery.id, new Date(at), revs.next()]);
  await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [delivery.message_id, revs.next()]);
}
