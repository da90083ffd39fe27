import type { Sql } from '../pool.js';

/**
 * SQL that is true where an earlier delivery of the chat failed, or is in doubt, and its message got there no other way:
 * with "hold" it keeps the later ones back until a person repeats it or gives it up. `d` names the later one.
 */
export const heldBy = (d: string, chat: string): string => `EXISTS (
    SELECT 1 FROM deliveries x JOIN messages xm ON xm.id = x.message_id AND xm.deleted_at IS NULL
    WHERE ${stuckBefore('x', d, chat)})`;

const stuckBefore = (x: string, d: string, chat: string): string => `${x}.chat_id = ${chat} AND ${x}.id < ${d}.id
      AND ${x}.status IN ('failed', 'unknown') AND NOT EXISTS (
        SELECT 1 FROM deliveries o WHERE o.message_id = ${x}.message_id AND o.contact_id IS NOT DISTINCT FROM ${x}.contact_id
          AND o.status NOT IN ('failed', 'unknown', 'cancelled'))`;

export type Blocker = { messageId: string; text: string; status: string; nextAttemptAt: Date | null };

const BLOCKERS = `
SELECT d.id, b."messageId", b.text, b.status, b."nextAttemptAt" FROM deliveries d JOIN chats c ON c.id = d.chat_id
LEFT JOIN conversations v ON v.id = coalesce(c.group_id, c.conversation_id)
CROSS JOIN LATERAL (
  SELECT coalesce(xm.relay_of, xm.id) AS "messageId", xm.text, x.status, x.next_attempt_at AS "nextAttemptAt"
  FROM deliveries x JOIN messages xm ON xm.id = x.message_id
  WHERE x.chat_id = d.chat_id AND x.id < d.id AND (
    x.status = 'sending'
    OR x.status = 'queued' AND NOT x.held AND x.due_at <= $2
      AND (v.when_stuck IS DISTINCT FROM 'pass' OR x.next_attempt_at IS NULL OR x.next_attempt_at <= $2)
    OR v.when_stuck = 'hold' AND xm.deleted_at IS NULL AND ${stuckBefore('x', 'd', 'd.chat_id')})
  ORDER BY x.id LIMIT 1) AS b
WHERE d.id = ANY($1::uuid[]) AND d.status = 'queued' AND NOT d.held AND d.due_at <= $2`;

/** What each of these deliveries, if it is due, waits for in its chat: the first message before it that is in the way. */
export async function blockersOf(sql: Sql, ids: readonly string[], now: number): Promise<Map<string, Blocker>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<Blocker & { id: string }>(BLOCKERS, [ids, new Date(now)]);
  return new Map(rows.map(({ id, ...blocker }) => [id, blocker]));
}
