import { DomainError } from '../../../core/errors.js';
import type { Sql } from '../pool.js';

/**
 * How much may wait. What an account of an ordinary gateway sends in the 24 hours until it fails for its age, one message
 * every few seconds, is less than this: more would be a promise that cannot be kept. What goes in bulk takes at most half,
 * so that it never keeps a person from writing.
 */
export const queueLimits = { account: 10_000, user: 30_000, accountBulk: 5_000, userBulk: 15_000 };

const FULL_AGAIN_MS = 30_000;

/**
 * Refuses what would wait behind too much. Counts no further than the limit, in an index, and takes no time to speak of
 * while little waits.
 * @throws DomainError `queue-full`; nothing is stored then
 */
export async function checkRoom(
  sql: Sql,
  userId: string,
  accountIds: readonly string[],
  { bulk }: { bulk: boolean },
): Promise<void> {
  const { rows } = await sql.query<{ id: string; name: string; waiting: number }>({
    name: 'room-in-queues',
    text: `SELECT a.id, a.name, q.waiting FROM accounts a CROSS JOIN LATERAL (
        SELECT count(*) AS waiting FROM (
          SELECT 1 FROM deliveries d WHERE d.account_id = a.id AND d.status = 'queued' LIMIT $2) AS w) AS q
      WHERE a.user_id = $1 AND a.deleted_at IS NULL`,
    values: [userId, queueLimits.account],
  });
  const limit = bulk ? queueLimits.accountBulk : queueLimits.account;
  const full = rows.find(({ id, waiting }) => waiting >= limit && accountIds.includes(id));
  if (full) throw queueFull(`${full.name}: ${full.waiting} messages wait to be sent by it already.`);
  const all = rows.reduce((sum, { waiting }) => sum + waiting, 0);
  if (all >= (bulk ? queueLimits.userBulk : queueLimits.user))
    throw queueFull(`${all} messages of yours wait to be sent already.`);
}

const queueFull = (why: string): DomainError =>
  new DomainError('limited', 'queue-full', `${why} Try again when some of them have gone out.`, {
    retryAfterMs: FULL_AGAIN_MS,
  });
