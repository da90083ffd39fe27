import { isId } from '../accounts.js';
import type { Revisions, Sql } from '../pool.js';

export type Proof = 'sent' | 'delivered' | 'read' | 'failed';

const ORDER = ['queued', 'sending', 'unknown', 'cancelled', 'failed', 'sent', 'delivered', 'read'];

/** Statuses a proof can still improve. A bounce beats "sent" and "delivered", never "read". */
function improvable(proof: Proof): string[] {
  if (proof === 'failed') return ['queued', 'sending', 'unknown', 'sent', 'delivered'];
  return ORDER.slice(0, ORDER.indexOf(proof)).filter((status) => status !== 'failed' || proof !== 'sent');
}

export type FoundDelivery = { id: string; message_id: string; status: string };

/** The delivery whose message carries this id in the account's network, or the key it was sent with. */
export async function findDelivery(sql: Sql, accountId: string, remoteId: string): Promise<FoundDelivery | undefined> {
  const { rows } = await sql.query<FoundDelivery>(
    `SELECT id, message_id, status FROM deliveries WHERE account_id = $1 AND (remote_id = $2 OR id = $3::uuid)
     ORDER BY id DESC LIMIT 1`,
    [accountId, remoteId, isId(remoteId) ? remoteId : null],
  );
  return rows[0];
}

/**
 * Takes a proof into the ledger: the status only ever improves, whatever order proofs come in. Answers whether it
 * moved, so that a fallback waiting for this proof is looked at again.
 */
export async function prove(
  sql: Sql,
  delivery: FoundDelivery,
  proof: { proves: Proof; reason?: string; remoteId?: string },
  revs: Revisions,
): Promise<boolean> {
  if (proof.remoteId !== undefined) {
    // Some networks use an id twice; then the first delivery keeps it.
    await sql.query(
      `UPDATE deliveries d SET remote_id = $2 WHERE id = $1 AND remote_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.chat_id = d.chat_id AND o.remote_id = $2)`,
      [delivery.id, proof.remoteId],
    );
  }
  const { rowCount } = await sql.query(
    `UPDATE deliveries SET status = $2, reason = $3, next_attempt_at = NULL, fence = fence + 1, rev = $4
     WHERE id = $1 AND status = ANY($5)`,
    [delivery.id, proof.proves, proof.reason ?? null, revs.next(), improvable(proof.proves)],
  );
  if (!rowCount) return false;
  const outcome = proof.proves === 'read' ? 'delivered' : proof.proves;
  await sql.query(
    `UPDATE attempts SET outcome = $2, reason = coalesce($3, reason), ended_at = coalesce(ended_at, now())
     WHERE id = (SELECT id FROM attempts WHERE delivery_id = $1 ORDER BY at DESC, id DESC LIMIT 1)`,
    [delivery.id, outcome, proof.reason ?? null],
  );
  await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [delivery.message_id, revs.next()]);
  return true;
}
