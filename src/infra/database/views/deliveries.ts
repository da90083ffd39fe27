import type { AttemptView, DeliveryStatus, DeliveryView } from '../../../core/views.js';
import type { Channel } from '../../../sdk/index.js';
import { type Blocker, blockersOf } from '../deliveries/stuck.js';
import type { Prisma } from '../prisma.js';
import type { Db } from './accounts.js';

const JUST_NOW_MS = 1_000;
const QUOTE_LENGTH = 60;

const deliveryInclude = {
  account: { select: { network: true } },
  message: { select: { relayOf: true } },
  attempts: { orderBy: [{ at: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.DeliveryInclude;

type DeliveryRow = Prisma.DeliveryGetPayload<{ include: typeof deliveryInclude }>;

export async function deliveryViews(db: Db, where: Prisma.DeliveryWhereInput): Promise<DeliveryView[]> {
  const rows = await db.delivery.findMany({ where, include: deliveryInclude, orderBy: { id: 'asc' } });
  const now = Date.now();
  const blockers = await blockersOf(
    db,
    rows.filter((row) => isWaiting(row, now)).map((row) => row.id),
    now,
  );
  return rows.map((row) => deliveryView(row, blockers.get(row.id)));
}

/** What has just been accepted is not looked at: it is about to go. */
const isWaiting = (row: DeliveryRow, now: number): boolean =>
  row.status === 'queued' &&
  row.dueAt !== null &&
  row.dueAt.getTime() <= now &&
  now - row.createdAt.getTime() >= JUST_NOW_MS;

function deliveryView(row: DeliveryRow, blocker: Blocker | undefined): DeliveryView {
  const nextStep = nextStepOf(row, blocker);
  return {
    id: row.id,
    messageId: row.message.relayOf ?? row.messageId,
    channel: row.channel as Channel,
    accountId: row.accountId,
    network: row.account.network,
    chatId: row.chatId,
    target: row.target,
    status: row.status as DeliveryStatus,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(nextStep === undefined ? {} : { nextStep }),
    dueAt: row.dueAt?.toISOString() ?? null,
    step: row.step,
    contactId: row.contactId,
    ...(row.why === null ? {} : { why: row.why }),
    ...(row.standsInFor === null ? {} : { standsInFor: row.standsInFor }),
    ...(blocker === undefined ? {} : { blockedBy: blocker.messageId }),
    expiresAt: row.expiresAt.toISOString(),
    attempts: row.attempts.map((attempt) => ({
      at: attempt.at.toISOString(),
      endedAt: attempt.endedAt?.toISOString() ?? null,
      outcome: attempt.outcome as AttemptView['outcome'],
      ...(attempt.reason === null ? {} : { reason: attempt.reason }),
      ...(attempt.providerId === null ? {} : { providerId: attempt.providerId }),
      ...(attempt.parts === null ? {} : { parts: attempt.parts }),
      ...(attempt.provider === null ? {} : { provider: attempt.provider }),
      ...(attempt.costAmount === null || attempt.costCurrency === null
        ? {}
        : { cost: { amount: attempt.costAmount.toString(), currency: attempt.costCurrency } }),
    })),
    rev: Number(row.rev),
  };
}

/** What happens next, in words; undefined where nothing does by itself. */
function nextStepOf(row: DeliveryRow, blocker: Blocker | undefined): string | undefined {
  if (row.status === 'unknown')
    return 'It may have been sent. An echo or receipt settles it; or say what became of it, or send it again.';
  if (row.status === 'failed') return 'Can be sent again by hand.';
  if (row.status !== 'queued') return undefined;
  const waits = row.unless === null ? '' : ` unless an earlier channel has proven "${row.unless}"`;
  if (row.held) return 'Waits until its broadcast is resumed.';
  if (row.dueAt === null) return `Waits for the step before it to fail${waits}.`;
  if (row.dueAt.getTime() > Date.now()) return `Goes out at ${row.dueAt.toISOString()}${waits}.`;
  if (row.nextAttemptAt !== null) return `Tries again at ${row.nextAttemptAt.toISOString()}.`;
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
