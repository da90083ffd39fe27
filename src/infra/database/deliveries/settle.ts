import type { Claim } from '../../../core/delivery/queue.js';
import type { Outcome } from '../../../core/delivery/retry.js';
import { proves } from '../../../core/delivery/status.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import { spelled } from '../../../core/routing/duration.js';
import type { AttemptView, DeliveryStatus } from '../../../core/views.js';
import { limits, type Sent } from '../../../sdk/index.js';
import { applyParked } from '../inbound/events.js';
import { showThread } from '../inbound/threads.js';
import type { Revisions, Sql } from '../pool.js';
import { deliveryApart, keep } from '../quarantine/keep.js';

type Target = { id: string; message_id: string };
type Row = Target & {
  chat_id: string;
  account_id: string;
  user_id: string;
  network: string;
  status: DeliveryStatus;
  fence: number;
  taken: boolean;
  /** Something is stored of a thread that it begins. */
  begins: boolean;
};

const REASON_LENGTH = 1_000;

/** Also says whether another delivery of the chat has the remote id: some networks use one twice. */
async function find(sql: Sql, id: string, remoteId: string | undefined): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>({
    name: 'find-claimed',
    text: `SELECT d.id, d.message_id, d.chat_id, d.account_id, d.user_id, d.status, d.fence, a.network,
        EXISTS (SELECT 1 FROM deliveries o WHERE o.chat_id = d.chat_id AND o.remote_id = $2 AND o.id <> d.id) AS taken,
        EXISTS (SELECT 1 FROM messages t WHERE t.chat_id = d.chat_id AND t.thread_remote = $2) AS begins
      FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.id = $1`,
    values: [id, remoteId ?? null],
  });
  return rows[0];
}

const isCurrent = (row: Row, claim: Claim): boolean => row.status === 'sending' && row.fence === claim.fence;

/** Most revisions `settleSent` and `settleNotSent` need. */
export const SETTLE_REVISIONS = 4;

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
  const remoteId = usableId(sent.remoteId);
  const row = await find(sql, claim.deliveryId, remoteId);
  if (!row) return false;
  const newer = row.status === 'sending' && !isCurrent(row, claim);
  const news = !newer && !proves(row.status, sent.proof) && row.status !== 'failed';
  await settle(sql, row, claim, revs, {
    ...(news ? { status: sent.proof } : {}),
    ...(remoteId === undefined || row.taken ? {} : { remoteId }),
    attempt: {
      outcome: sent.proof,
      endedAt: now,
      providerId: sent.providerId,
      parts: sent.parts,
      provider: sent.provider,
      cost: usableCost(sent.cost),
    },
  });
  if (remoteId === undefined) return news;
  await hideEcho(sql, row, remoteId, revs);
  if (row.begins) await showThread(sql, row.user_id, { chatId: row.chat_id, remoteId }, revs);
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
  const row = await find(sql, claim.deliveryId, undefined);
  if (!row) return false;
  const reason = cleanLine(outcome.reason, REASON_LENGTH);
  const current = isCurrent(row, claim);
  const retry = outcome.is === 'retry';
  await settle(sql, row, claim, revs, {
    ...(current
      ? { status: retry ? 'queued' : outcome.is, reason, ...(retry ? { nextAttemptAt: now + outcome.afterMs } : {}) }
      : {}),
    attempt: {
      // What may have gone out says so in the ledger, also where it is repeated.
      outcome: outcome.is === 'retry' && outcome.doubtful ? 'unknown' : outcome.is,
      endedAt: now,
      reason,
      parts: outcome.parts,
    },
  });
  if (current && outcome.is === 'failed' && outcome.poison)
    await keep(sql, { ...deliveryApart({ ...row, userId: row.user_id, accountId: row.account_id }), detail: reason });
  return current;
}

type Settlement = {
  /** Absent: the delivery stays as it is. */
  status?: DeliveryStatus;
  reason?: string;
  nextAttemptAt?: number;
  remoteId?: string;
  attempt: {
    outcome: AttemptView['outcome'];
    endedAt: number;
    reason?: string;
    providerId?: string | undefined;
    parts?: number | undefined;
    provider?: string | undefined;
    cost?: Sent['cost'];
  };
};

/** A proof that came in meanwhile stands in the attempt; anything less is replaced. */
const SETTLE = `
WITH a AS (
  UPDATE attempts SET ended_at = coalesce(ended_at, $8), provider_id = coalesce(provider_id, $9), parts = coalesce(parts, $10),
    provider = coalesce(provider, $16), cost_amount = coalesce(cost_amount, $17), cost_currency = coalesce(cost_currency, $18),
    outcome = CASE WHEN outcome = 'sending' OR (outcome IN ('unknown', 'retry') AND $11) THEN $7 ELSE outcome END,
    reason = CASE WHEN outcome = 'sending' THEN $12 WHEN outcome IN ('unknown', 'retry') AND $11 THEN NULL ELSE reason END
  WHERE id = $6
), m AS (
  UPDATE messages SET rev = $14 WHERE id = $15
)
UPDATE deliveries SET rev = $13, remote_id = coalesce(remote_id, $5), status = coalesce($2, status),
  reason = CASE WHEN $2::text IS NULL THEN reason ELSE $3 END,
  next_attempt_at = CASE WHEN $2::text IS NULL THEN next_attempt_at ELSE $4 END,
  fence = fence + CASE WHEN $2::text IS NULL THEN 0 ELSE 1 END
WHERE id = $1`;

async function settle(sql: Sql, row: Row, claim: Claim, revs: Revisions, to: Settlement): Promise<void> {
  const { attempt } = to;
  await sql.query({
    name: 'settle-delivery',
    text: SETTLE,
    values: [
      row.id,
      to.status ?? null,
      to.reason ?? null,
      to.nextAttemptAt === undefined ? null : new Date(to.nextAttemptAt),
      to.remoteId ?? null,
      claim.attemptId,
      attempt.outcome,
      new Date(attempt.endedAt),
      attempt.providerId === undefined ? null : cleanLine(attempt.providerId, 500),
      attempt.parts ?? null,
      attempt.outcome === 'sent' || attempt.outcome === 'delivered',
      attempt.reason ?? null,
      revs.next(),
      revs.next(),
      row.message_id,
      attempt.provider === undefined ? null : cleanLine(attempt.provider, 100),
      attempt.cost?.amount ?? null,
      attempt.cost?.currency ?? null,
    ],
  });
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
  // What belongs to a group is not the last one of the person's own conversation.
  await sql.query(
    `UPDATE conversations v SET rev = $3, last_message_id = CASE
       WHEN (SELECT coalesce(group_id, v.id) FROM messages WHERE id = $2) = v.id THEN $2 ELSE (
         SELECT l.id FROM messages l JOIN chats c ON c.id = l.chat_id
         WHERE c.conversation_id = v.id AND l.group_id IS NULL AND l.echo_of IS NULL
         ORDER BY l.sent_at DESC, l.id DESC LIMIT 1) END
     WHERE v.last_message_id = $1 AND v.user_id = $4`,
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
export async function failExpired(sql: Sql, target: Target, revs: Revisions): Promise<void> {
  const { rows } = await sql.query<{ reason: string | null; why: string | null; state: string; most: number }>(
    `SELECT d.reason, a.state, a.state_why AS why, (extract(epoch FROM d.expires_at - d.due_at) * 1000)::bigint AS most
     FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.id = $1`,
    [target.id],
  );
  const row = rows[0];
  const cause = row?.reason ?? row?.why ?? (row?.state === 'online' ? null : `its account is ${row?.state}`);
  const reason = `It could not be sent within ${spelled(row?.most ?? 0)}${cause === null ? '' : `: ${cause}`}`;
  await fail(sql, target, reason, revs);
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

/** Up to six digits on each side; what is no amount is left out. */
function usableCost(cost: Sent['cost']): Sent['cost'] {
  const usable = cost !== undefined && /^\d{1,6}(?:\.\d+)?$/.test(cost.amount) && /^[A-Z]{3}$/.test(cost.currency);
  return usable ? cost : undefined;
}

/** PostgreSQL stores no NUL, and an id is no novel. */
function usableId(id: string | undefined): string | undefined {
  return id === undefined || id === '' || id.length > limits.idLength || id.includes('\0') ? undefined : id;
}
