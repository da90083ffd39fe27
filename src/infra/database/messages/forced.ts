import { Revisions, type Sql } from '../pool.js';

/** The account forced for a conversation is let go of: its messages go by the best way again. */
export async function letGo(sql: Sql, userId: string, conversationId: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 1);
  await sql.query(
    'UPDATE conversations SET via_account_id = NULL, rev = $3 WHERE id = $1 AND user_id = $2 AND via_account_id IS NOT NULL',
    [conversationId, userId, revs.next()],
  );
}
