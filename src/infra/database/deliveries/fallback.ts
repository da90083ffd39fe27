import { nextMoves, type Rung } from '../../../core/delivery/fallback.js';
import { Revisions, type Sql } from '../pool.js';
import { cancel } from './settle.js';

type Row = {
  id: string;
  step: number;
  status: Rung['status'];
  due_at: Date;
  unless: NonNullable<Rung['unless']> | null;
  within_ms: number | null;
};

/** The deliveries of a message as steps; one that another stands in for is none any more. */
export async function rungsOf(sql: Sql, messageId: string): Promise<Rung[]> {
  const { rows } = await sql.query<Row>({
    name: 'rungs',
    text: `SELECT d.id, d.step, d.status, d.due_at, d.unless, d.within_ms FROM deliveries d WHERE d.message_id = $1
      AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.message_id = $1 AND s.stands_in_for = d.id)`,
    values: [messageId],
  });
  return rows.map((row) => ({
    id: row.id,
    step: row.step,
    status: row.status,
    dueAt: row.due_at.getTime(),
    unless: row.unless ?? undefined,
    withinMs: row.within_ms ?? 0,
  }));
}

/** Applies what is to be done about the steps that have not gone out; answers the chats to ring, and when. */
export async function advance(
  sql: Sql,
  { userId, messageId, now }: { userId: string; messageId: string; now: number },
): Promise<{ chatId: string; at: number }[]> {
  const revs = await Revisions.take(sql, userId, 1);
  const moves = nextMoves(await rungsOf(sql, messageId), now);
  if (moves.length === 0) return [];
  const more = await revs.more(sql, userId, 2 * moves.length);
  const rings: { chatId: string; at: number }[] = [];
  for (const move of moves) {
    if (move.is === 'cancel') {
      await cancel(sql, { id: move.id, message_id: messageId }, move.reason, more);
      continue;
    }
    // The age limit runs from when a step may go.
    const { rows } = await sql.query<{ chat_id: string }>(
      `UPDATE deliveries SET due_at = $2, expires_at = expires_at + ($2 - due_at), rev = $3
       WHERE id = $1 AND status = 'queued' RETURNING chat_id`,
      [move.id, new Date(move.at), more.next()],
    );
    rings.push(...rows.map((row) => ({ chatId: row.chat_id, at: move.at })));
  }
  return rings;
}
