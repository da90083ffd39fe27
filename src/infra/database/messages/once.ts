import { DomainError } from '../../../core/errors.js';
import type { Sql } from '../pool.js';
import { type Accepted, AcceptedBefore } from './accept.js';

/**
 * Accepts a message, or answers the one that this key made before: a call whose answer was lost, with the process or on
 * the way, may be repeated.
 */
export async function acceptOnce(
  sql: Sql,
  userId: string,
  onceKey: string | undefined,
  work: () => Promise<Accepted>,
): Promise<Accepted> {
  try {
    return await work();
  } catch (error) {
    // What was possible then need not be any more: a refusal now says nothing of the message accepted before.
    const repeat = onceKey !== undefined && (error instanceof AcceptedBefore || error instanceof DomainError);
    const before = repeat ? await messageOnce(sql, userId, onceKey) : undefined;
    if (before === undefined) throw error;
    return { messageId: before, ring: [] };
  }
}

async function messageOnce(sql: Sql, userId: string, onceKey: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM messages WHERE user_id = $1 AND once_key = $2', [
    userId,
    onceKey,
  ]);
  return rows[0]?.id;
}
