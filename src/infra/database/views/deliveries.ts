import type { AttemptView, DeliveryStatus, DeliveryView } from '../../../core/views.js';
import type { Channel } from '../../../sdk/index.js';
import { type Blocker, blockersOf } from '../deliveries/stuck.js';
import type { Sql } from '../pool.js';

const JUST_NOW_MS = 1_000;
const QUOTE_LENGTH = 60;

/** One statement, however many deliveries: their attempts come with them. */
const deliveries = (which: string) => `
SELECT d.id, coalesce(m.relay_of, d.message_id) AS message_id, d.channel, d.account_id, a.network, d.chat_id, d.target, d.status,
  d.reason, d.due_at, d.step, d.contact_id, d.why, d.stands_in_for, d.expires_at, d.rev, d.created_at, d.next_attempt_at, d.unless,
  d.held,
  (SELECT json_agg(json_build_object('at', t.at, 'endedAt', t.ended_at, 'outcome', t.outcome, 'reason', t.reason,
      'providerId', t.provider_id, 'parts', t.parts, 'provider', t.provider, 'amount', trim_scale(t.cost_amount)::text,
      'currency', t.cost_currency) ORDER BY t.at, t.id) FROM attempts t WHERE t.delivery_id = d.id) AS attempts
FROM deliveries d JOIN accounts a ON a.id = d.account_id JOIN messages m ON m.id = d.message_id
WHERE d.user_id = $1 AND ${which} ORDER BY d.id`;

const BY_ID = deliveries('d.id = ANY($2::uuid[])');
const OF_MESSAGE = deliveries(
  'd.message_id IN (SELECT id FROM messages WHERE id = $2 UNION ALL SELECT id FROM messages WHERE relay_of = $2)',
);

type DeliveryRow = {
  id: string;
  message_id: string;
  channel: Channel;
  account_id: string;
  network: string;
  chat_id: string | null;
  target: string;
  status: DeliveryStatus;
  reason: string | null;
  due_at: Date | null;
  step: number;
  contact_id: string | null;
  why: string | null;
  stands_in_for: string | null;
  expires_at: Date;
  rev: number;
  created_at: Date;
  next_attempt_at: Date | null;
  unless: string | null;
  held: boolean;
  attempts: AttemptRow[] | null;
};
type AttemptRow = {
  at: string;
  endedAt: string | null;
  outcome: AttemptView['outcome'];
  reason: string | null;
  providerId: string | null;
  parts: number | null;
  provider: string | null;
  amount: string | null;
  currency: string | null;
};

export async function deliveryViews(sql: Sql, userId: string, ids: readonly string[]): Promise<DeliveryView[]> {
  if (ids.length === 0) return [];
  return viewsOf(sql, { name: 'delivery-views', text: BY_ID, values: [userId, ids] });
}

/** Those of a message, and of what sent it on to others. */
export function deliveriesOf(sql: Sql, userId: string, messageId: string): Promise<DeliveryView[]> {
  return viewsOf(sql, { name: 'deliveries-of-message', text: OF_MESSAGE, values: [userId, messageId] });
}

async function viewsOf(sql: Sql, query: { name: string; text: string; values: unknown[] }): Promise<DeliveryView[]> {
  const { rows } = await sql.query<DeliveryRow>(query);
  const now = Date.now();
  const waiting = rows.filter((row) => isWaiting(row, now)).map((row) => row.id);
  const blockers = await blockersOf(sql, waiting, now);
  return rows.map((row) => deliveryView(row, blockers.get(row.id)));
}

/** What has just been accepted is not looked at: it is about to go. */
const isWaiting = (row: DeliveryRow, now: number): boolean =>
  row.status === 'queued' &&
  row.due_at !== null &&
  row.due_at.getTime() <= now &&
  now - row.created_at.getTime() >= JUST_NOW_MS;

function deliveryView(row: DeliveryRow, blocker: Blocker | undefined): DeliveryView {
  const nextStep = nextStepOf(row, blocker);
  return {
    id: row.id,
    messageId: row.message_id,
    channel: row.channel,
    accountId: row.account_id,
    network: row.network,
    chatId: row.chat_id,
    target: row.target,
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(nextStep === undefined ? {} : { nextStep }),
    dueAt: row.due_at?.toISOString() ?? null,
    step: row.step,
    contactId: row.contact_id,
    ...(row.why === null ? {} : { why: row.why }),
    ...(row.stands_in_for === null ? {} : { standsInFor: row.stands_in_for }),
    ...(blocker === undefined ? {} : { blockedBy: blocker.messageId }),
    expiresAt: row.expires_at.toISOString(),
    attempts: (row.attempts ?? []).map(attemptView),
    rev: row.rev,
  };
}

const attemptView = (attempt: AttemptRow): AttemptView => ({
  at: new Date(attempt.at).toISOString(),
  endedAt: attempt.endedAt === null ? null : new Date(attempt.endedAt).toISOString(),
  outcome: attempt.outcome,
  ...(attempt.reason === null ? {} : { reason: attempt.reason }),
  ...(attempt.providerId === null ? {} : { providerId: attempt.providerId }),
  ...(attempt.parts === null ? {} : { parts: attempt.parts }),
  ...(attempt.provider === null ? {} : { provider: attempt.provider }),
  ...(attempt.amount === null || attempt.currency === null
    ? {}
    : { cost: { amount: attempt.amount, currency: attempt.currency } }),
});

/** What happens next, in words; undefined where nothing does by itself. */
function nextStepOf(row: DeliveryRow, blocker: Blocker | undefined): string | undefined {
  if (row.status === 'unknown')
    return 'It may have been sent. An echo or receipt settles it; or say what became of it, or send it again.';
  if (row.status === 'failed') return 'Can be sent again by hand.';
  if (row.status !== 'queued') return undefined;
  const waits = row.unless === null ? '' : ` unless an earlier channel has proven "${row.unless}"`;
  if (row.held) return 'Waits until its broadcast is resumed.';
  if (row.due_at === null) return `Waits for the step before it to fail${waits}.`;
  if (row.due_at.getTime() > Date.now()) return `Goes out at ${row.due_at.toISOString()}${waits}.`;
  if (row.next_attempt_at !== null) return `Tries again at ${row.next_attempt_at.toISOString()}.`;
  if (blocker !== undefined) return waitsFor(blocker);
  return 'Goes out as soon as its account is online and the messages before it are sent.';
}

function waitsFor({ text, status, nextAttemptAt }: Blocker): string {
  const short = text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH - 1).toWellFormed()}…` : text;
  const before = short.trim() === '' ? 'the file before it' : `"${short.replaceAll(/\s+/g, ' ').trim()}"`;
  if (status === 'failed') return `Waits until you send ${before}, which failed, again or give it up.`;
  if (status === 'unknown') return `Waits until you say what became of ${before}, which may have been sent.`;
  if (nextAttemptAt !== null) return `Waits for ${before}, which is tried again at ${nextAttemptAt.toISOString()}.`;
  return `Goes out after ${before}.`;
}
