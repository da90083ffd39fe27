import type { Claim } from '../../../core/delivery/drain.js';
import type { Outcome } from '../../../core/delivery/retry.js';
import { proves } from '../../../core/delivery/status.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import type { DeliveryStatus } from '../../../core/views.js';
import { limits, type Sent } from '../../../sdk/index.js';
import { applyParked } from '../inbound/events.js';
import type { Revisions, Sql } from '../pool.js';

type Target = { id: string; message_id: string };
type Row = Target & {
  chat_id: string;
  account_id: string;
  user_id: string;
  network: string;
  status: DeliveryStatus;
  fence: number;
  remote_id: string | null;
};

const REASON_LENGTH = 1_000;

async function find(sql: Sql, id: string): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT d.id, d.message_id, d.chat_id, d.account_id, d.user_id, d.status, d.fence, d.remote_id, a.network
     FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.id = $1`,
    [id],
  );
  return rows[0];
}

const isCurrent = (row: Row, claim: Claim): boolean => row.status === 'sending' && row.fence === claim.fence;

/** Most revisions `settleSent` and `settleNotSent` need. */
export const SETTLE_REVISIONS = 5;

/**
 * A success is believed however late it comes: it proves that this key went out. Only where a newer claim is sending the
 * same key right now, its answer is waited for.
 */
export async function settleSent(
  sql: Sql,
  claim: Claim,
  sent: Sent,
  { now, revs }: { now: number; revs: Revisions },
): Promise<boolean> {
  const row = await find(sql, claim.deliveryId);
  if (!row) return false;
  await closeAttempt(sql, claim.attemptId, sent.proof, now, sent);
  const remoteId = usableId(sent.remoteId);
  if (row.remote_id === null && remoteId !== undefined) {
    // Some networks use an id twice; then the first delivery keeps it.
    await sql.query(
      `UPDATE deliveries SET remote_id = $2 WHERE id = $1
         AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.chat_id = $3 AND o.remote_id = $2)`,
      [row.id, remoteId, row.chat_id],
    );
  }
  const newer = row.status === 'sending' && !isCurrent(row, claim);
  const news = !newer && !proves(row.status, sent.proof) && row.status !== 'failed';
  if (news)
    await sql.query(
      `UPDATE deliveries SET status = $2, reason = NULL, next_attempt_at = NULL, fence = fence + 1 WHERE id = $1`,
      [row.id, sent.proof],
    );
  await touch(sql, row, revs);
  if (remoteId === undefined) return news;
  await hideEcho(sql, row, remoteId, revs);
  const account = { id: row.account_id, userId: row.user_id, network: row.network };
  await applyParked({ sql, account, revs, now, files: new Map(), settled: [] }, remoteId);
  return news;
}

/** False where the claim is no longer the newest; the ledger still says how the try ended. */
export async function settleNotSent(
  sql: Sql,
  claim: Claim,
  outcome: Outcome,
  { now, revs }: { now: number; revs: Revisions },
): Promise<boolean> {
  const row = await find(sql, claim.deliveryId);
  if (!row) return false;
  const reason = cleanLine(outcome.reason, REASON_LENGTH);
  await closeAttempt(sql, claim.attemptId, outcome.is, now, { reason });
  const current = isCurrent(row, claim);
  if (current)
    await sql.query(
      `UPDATE deliveries SET status = $2, reason = $3, next_attempt_at = $4, fence = fence + 1 WHERE id = $1`,
      [
        row.id,
        outcome.is === 'retry' ? 'queued' : outcome.is,
        reason,
        outcome.is === 'retry' ? new Date(now + outcome.afterMs) : null,
      ],
    );
  await touch(sql, row, revs);
  return current;
}

/** A proof that came in meanwhile stands; anything less is replaced. */
async function closeAttempt(
  sql: Sql,
  attemptId: string,
  outcome: string,
  now: number,
  more: { reason?: string; providerId?: string; parts?: number },
): Promise<void> {
  await sql.query(
    `UPDATE attempts SET ended_at = coalesce(ended_at, $3), provider_id = coalesce(provider_id, $5), parts = coalesce(parts, $6),
       outcome = CASE WHEN outcome = 'sending' OR (outcome IN ('unknown', 'retry') AND $2 IN ('sent', 'delivered')) THEN $2
         ELSE outcome END,
       reason = CASE WHEN outcome = 'sending' OR $2 IN ('sent', 'delivered') THEN coalesce($4, CASE WHEN outcome = 'failed' THEN reason END)
         ELSE reason END
     WHERE id = $1`,
    [
      attemptId,
      outcome,
      new Date(now),
      more.reason ?? null,
      more.providerId === undefined ? null : cleanLine(more.providerId, 500),
      more.parts ?? null,
    ],
  );
}

/** Its own copy of the message, that came back before we knew its id, is shown no more. */
async function hideEcho(sql: Sql, row: Row, remoteId: string, revs: Revisions): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE messages SET echo_of = $3, rev = $4
     WHERE chat_id = $1 AND remote_id = $2 AND direction = 'out' AND id <> $3 AND echo_of IS NULL
       AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = messages.id) RETURNING id`,
    [row.chat_id, remoteId, row.message_id, revs.next()],
  );
  const echo = rows[0];
  if (!echo) return;
  await sql.query(
    'UPDATE conversations SET last_message_id = $2, rev = $3 WHERE last_message_id = $1 AND user_id = $4',
    [echo.id, row.message_id, revs.next(), row.user_id],
  );
}

/** The delivery and its message are seen anew. */
async function touch(sql: Sql, target: Target, revs: Revisions): Promise<void> {
  await sql.query('UPDATE deliveries SET rev = $2 WHERE id = $1', [target.id, revs.next()]);
  await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [target.message_id, revs.next()]);
}

export async function cancel(sql: Sql, target: Target, reason: string, revs: Revisions): Promise<void> {
  await end(sql, target, 'cancelled', reason, revs);
}

export async function fail(sql: Sql, target: Target, reason: string, revs: Revisions): Promise<void> {
  await end(sql, target, 'failed', cleanLine(reason, REASON_LENGTH), revs);
}

/** Needs two revisions, as `cancel` and `fail` do. */
export async function failExpired(sql: Sql, target: Target, now: number, revs: Revisions): Promise<void> {
  const { rows } = await sql.query<{ reason: string | null; why: string | null; state: string; at: Date }>(
    `SELECT d.reason, a.state, a.state_why AS why, d.due_at AS at FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.id = $1`,
    [target.id],
  );
  const row = rows[0];
  const hours = Math.max(1, Math.round((now - (row?.at.getTime() ?? now)) / 3_600_000));
  const cause = row?.reason ?? row?.why ?? (row?.state === 'online' ? null : `its account is ${row?.state}`);
  await fail(sql, target, `It could not be sent for ${hours} h${cause === null ? '' : `: ${cause}`}`, revs);
}

async function end(
  sql: Sql,
  target: Target,
  status: 'cancelled' | 'failed',
  reason: string,
  revs: Revisions,
): Promise<void> {
  await sql.query(
    `UPDATE deliveries SET status = $2, reason = $3, next_attempt_at = NULL, fence = fence + 1 WHERE id = $1 AND status = 'queued'`,
    [target.id, status, reason],
  );
  await touch(sql, target, revs);
}

/** PostgreSQL stores no NUL, and an id is no novel. */
function usableId(id: string | undefined): string | undefined {
  return id === undefined || id === '' || id.length > limits.idLength || id.includes('\0') ? undefined : id;
}
