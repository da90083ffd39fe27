import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { isToBeHad } from '../../../core/routing/choose.js';
import type { Sql } from '../pool.js';
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
