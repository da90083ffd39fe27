import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { isToBeHad } from '../../../core/routing/choose.js';
import { Revisions, type Sql } from '../pool.js';
import { reachesOf } from './candidates.js';

/** @throws DomainError where an account cannot be forced for a conversation: it does not lead there, or is not connected */
export async function mustBeToBeHad(
  sql: Sql,
  supervisor: Supervisor,
  { userId, id, via }: { userId: string; id: string; via: string },
  now: number,
): Promise<void> {
  const { rows } = await sql.query<{ contact_id: string | null; known: boolean }>(
    `SELECT v.contact_id, EXISTS (SELECT 1 FROM accounts a WHERE a.id = $3 AND a.user_id = $2 AND a.deleted_at IS NULL) AS known
     FROM conversations v WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL`,
    [id, userId, via],
  );
  const row = rows[0];
  if (!row) throw notFound('conversation');
  if (!row.known) throw notFound('account');
  const reaches = await reachesOf(sql, supervisor, userId, [{ id, contactId: row.contact_id }], now);
  const ways = (reaches.get(id) ?? []).filter(({ accountId }) => accountId === via);
  if (ways.length === 0)
    throw new DomainError('invalid', 'not-reachable-via', 'This conversation cannot be reached through that account.', {
      fields: { via: 'is not one of the conversation’s accounts' },
    });
  if (isToBeHad(ways, via)) return;
  throw new DomainError(
    'conflict',
    'via-away',
    'That account is not connected, or they are offline there: it would be let go of at once.',
  );
}

/** The account forced for a conversation is let go of: its messages go by the best way again. */
export async function letGo(sql: Sql, userId: string, conversationId: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 1);
  await sql.query(
    'UPDATE conversations SET via_account_id = NULL, rev = $3 WHERE id = $1 AND user_id = $2 AND via_account_id IS NOT NULL',
    [conversationId, userId, revs.next()],
  );
}

const LOST = 'SELECT id, user_id FROM conversations v WHERE v.via_account_id = $1';
const LOST_WITH = `${LOST} AND v.contact_id IN (SELECT b.contact_id FROM buddies b WHERE b.id = ANY($2::uuid[]))
  AND NOT EXISTS (
    SELECT 1 FROM buddies o WHERE o.account_id = $1 AND o.contact_id = v.contact_id AND o.presence <> 'offline')`;

/** The account is not to be had any more: by nobody, or for these buddies, who went offline there. */
export async function letGoOf(sql: Sql, accountId: string, buddyIds?: readonly string[]): Promise<void> {
  const { rows } = await (buddyIds === undefined
    ? sql.query<{ id: string; user_id: string }>(LOST, [accountId])
    : sql.query<{ id: string; user_id: string }>(LOST_WITH, [accountId, buddyIds]));
  for (const { id, user_id } of rows) await letGo(sql, user_id, id);
}
