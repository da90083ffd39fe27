import { nextMoves, whyNow } from '../../../core/delivery/fallback.js';
import { believed } from '../../../core/presence/availability.js';
import { holds, type LaterConditions } from '../../../core/routing/conditions.js';
import type { Revisions, Sql } from '../pool.js';
import { postpone, rungsOf } from './fallback.js';
import { cancel } from './settle.js';

type Head = { id: string; message_id: string; chatId: string };

/** A step that comes up: it goes, or does not because of its route. */
export type Turn = 'goes' | 'passed';

/**
 * Looks at a step of a route once more before it goes: at what others have proven meanwhile, and at its conditions. One that
 * goes says why it did. Needs three revisions.
 */
export async function turnOf(sql: Sql, head: Head, now: number, revs: Revisions): Promise<Turn> {
  const rungs = await rungsOf(sql, head.id);
  const own = rungs.find(({ id }) => id === head.id);
  const needless = nextMoves(rungs, now).find((move) => move.is === 'cancel' && move.id === head.id);
  if (needless?.is === 'cancel') return left(sql, head, needless.reason, revs);
  if (own?.conditions) {
    const verdict = holds(own.conditions, { presence: await presenceIn(sql, head.chatId, own.conditions, now) }, now);
    if (verdict.is === 'fails') return left(sql, head, `The route leaves it out: ${verdict.why}`, revs);
    if (verdict.is === 'wait') {
      await postpone(sql, head, verdict.until, revs);
      return 'passed';
    }
  }
  if (own?.kind === 'fallback') {
    const { rows } = await sql.query<{ why: string | null }>('SELECT why FROM deliveries WHERE id = $1', [head.id]);
    const why = rows[0]?.why;
    if (why) await sql.query('UPDATE deliveries SET why = $2 WHERE id = $1', [head.id, whyNow(why, head.id, rungs)]);
  }
  return 'goes';
}

async function left(sql: Sql, head: Head, reason: string, revs: Revisions): Promise<Turn> {
  await cancel(sql, head, reason, revs);
  return 'passed';
}

/** Its account is connected: else nothing would be taken here. */
async function presenceIn(sql: Sql, chatId: string, { online }: LaterConditions, now: number) {
  if (!online) return 'unknown' as const;
  const { rows } = await sql.query<{ presence: string; until: Date | null }>(
    'SELECT b.presence, b.presence_until AS until FROM chats c JOIN buddies b ON b.id = c.buddy_id WHERE c.id = $1',
    [chatId],
  );
  const row = rows[0];
  return row ? believed({ state: row.presence, note: null, until: row.until }, true, now).state : ('unknown' as const);
}
