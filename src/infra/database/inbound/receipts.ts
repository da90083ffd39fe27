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
/** With its place in its chat. */
export type PlacedDelivery = FoundDelivery & { chat_id: string | null; message_at: Date };

/** The delivery whose message carries this id in the account's network, or the key it was sent with. */
export async function findDelivery(sql: Sql, accountId: string, remoteId: string): Promise<PlacedDelivery | undefined> {
  const { rows } = await sql.query<PlacedDelivery>(
    `SELECT id, message_id, status, chat_id, message_at FROM deliveries
     WHERE account_id = $1 AND (remote_id = $2 OR id = $3::uuid AND key IS NULL OR key = $3::uuid)
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
    `UPDATE deliveries SET status = $2, reason = $3, next_attempt_at = NULL, fence = fence + 1, rev = $4, proven_at = now()
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

/** How far back a proof for everything before it is looked at. */
const FURTHEST = 1_000;

/** What went out in a chat up to a time and can still be proven more, newest first. */
export async function provable(sql: Sql, chatId: string, at: Date, proof: Proof): Promise<FoundDelivery[]> {
  const { rows } = await sql.query<FoundDelivery>(
    `SELECT id, message_id, status FROM (
       SELECT id, message_id, status FROM deliveries WHERE chat_id = $1 AND message_at <= $2
       ORDER BY message_at DESC, message_id DESC LIMIT $4) AS recent
     WHERE status = ANY($3)`,
    [chatId, at, improvable(proof).filter((status) => status === 'sent' || status === 'delivered'), FURTHEST],
  );
  return rows;
}

/** As `prove`, for many at once. */
export async function proveAll(
  sql: Sql,
  deliveries: readonly FoundDelivery[],
  proves: 'delivered' | 'read',
  revs: Revisions,
): Promise<void> {
  const ids = deliveries.map((delivery) => delivery.id);
  await sql.query(
    `UPDATE deliveries d SET status = $3, reason = NULL, next_attempt_at = NULL, fence = fence + 1, rev = x.rev,
       proven_at = now()
     FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev) WHERE d.id = x.id`,
    [ids, ids.map(() => revs.next()), proves],
  );
  await sql.query(
    `UPDATE attempts SET outcome = 'delivered', ended_at = coalesce(ended_at, now()) WHERE id IN (
       SELECT (SELECT id FROM attempts a WHERE a.delivery_id = x.id ORDER BY at DESC, id DESC LIMIT 1)
       FROM unnest($1::uuid[]) AS x(id))`,
    [ids],
  );
  await touchMessages(sql, [...new Set(deliveries.map((delivery) => delivery.message_id))], revs);
}

/** How many messages back one word of one person is looked at: rooms of thousands say such words all the time. */
const MOST_RECEIPTS = 200;
/** People a message's receipts are kept of. */
const MOST_PEOPLE = 500;

type Receipt = { chatId: string; at: Date; sender: string; name: string; proves: 'delivered' | 'read'; told: Date };

/**
 * Notes that one of several people has, or has read, what we sent in a chat up to a time; `only` restricts it to one
 * message. Answers the messages that say something new.
 */
export async function noteReceipt(sql: Sql, receipt: Receipt, only: string | null): Promise<string[]> {
  const { rows } = await sql.query<{ message_id: string }>(
    `INSERT INTO message_receipts (message_id, sender, name, proves, at)
     SELECT recent.message_id, $3, $4, $5, $6 FROM (
       SELECT message_id FROM (SELECT message_id, status FROM deliveries
           WHERE chat_id = $1 AND message_at <= $2 AND ($7::uuid IS NULL OR message_id = $7)
           ORDER BY message_at DESC, message_id DESC LIMIT $8) AS sends
         WHERE status IN ('sending', 'sent', 'delivered', 'read', 'unknown')
       UNION
       SELECT id FROM (SELECT id, direction, echo_of, remote_id FROM messages
           WHERE chat_id = $1 AND sent_at <= $2 AND ($7::uuid IS NULL OR id = $7)
           ORDER BY sent_at DESC, id DESC LIMIT $8) AS seen
         WHERE direction = 'out' AND echo_of IS NULL AND remote_id IS NOT NULL) AS recent
     WHERE NOT EXISTS (SELECT 1 FROM message_receipts r WHERE r.message_id = recent.message_id AND r.sender = $3
         AND (r.proves = 'read' OR r.proves = $5))
       AND (SELECT count(*) FROM message_receipts r WHERE r.message_id = recent.message_id) < $9
     ON CONFLICT (message_id, sender) DO UPDATE SET proves = excluded.proves, at = excluded.at, name = excluded.name
     RETURNING message_id`,
    [
      receipt.chatId,
      receipt.at,
      receipt.sender,
      receipt.name,
      receipt.proves,
      receipt.told,
      only,
      MOST_RECEIPTS,
      MOST_PEOPLE,
    ],
  );
  return rows.map((row) => row.message_id);
}

export async function touchMessages(sql: Sql, ids: readonly string[], revs: Revisions): Promise<void> {
  await sql.query(
    'UPDATE messages m SET rev = x.rev FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev) WHERE m.id = x.id',
    [ids, ids.map(() => revs.next())],
  );
}
