import { Revisions, type Sql } from '../pool.js';

/** The account forced for a conversation is let go of: its messages go by the best way again. */
export async function letGo(sql: Sql, userId: string, conversationId: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 1);
  await sql.query(
    'UPDATE conversations SET via_account_id = NULL, rev = $3 WHERE id = $1 AND user_id = $2 AND via_account_id IS NOT NULL',
    [conversationId, userId, revs.next()],
  );
}

const LOST = 'SELECT id, user_id FROM conversations v WHERE v.via_account_id = ANY($1::uuid[])';
const LOST_WITH = `${LOST} AND v.contact_id IN (SELECT b.contact_id FROM buddies b WHERE b.id = ANY($2::uuid[]))
  AND NOT EXISTS (
    SELECT 1 FROM buddies o WHERE o.account_id = ANY($1) AND o.contact_id = v.contact_id AND o.presence <> 'offline')`;

/** The accounts are not to be had any more: by nobody, or one for these buddies, who went offline there. */
export async function letGoOf(sql: Sql, accountIds: readonly string[], buddyIds?: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return;
  const { rows } = await (buddyIds === undefined
    ? sql.query<{ id: string; user_id: string }>(LOST, [accountIds])
    : sql.query<{ id: string; user_id: string }>(LOST_WITH, [accountIds, buddyIds]));
  for (const { id, user_id } of rows) await letGo(sql, user_id, id);
}
