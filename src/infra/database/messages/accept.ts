import { DomainError } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { addressed, type Letter } from '../../../core/messages/letter.js';
import type { PlannedStep } from '../../../core/routing/plan.js';
import type { RouteRequest, Urgency } from '../../../core/routing/policy.js';
import type { ResolvedChat } from '../../../sdk/index.js';
import { OPEN_REVISIONS, openChat, openLater, type Place } from '../deliveries/chats.js';
import { checkRoom } from '../deliveries/room.js';
import { Revisions, type Sql } from '../pool.js';
import type { Reach } from './candidates.js';
import { letGo } from './let-go.js';
import { storeExtras } from './letters.js';
import type { Planned } from './planner.js';

/** Older than this, a message is no longer what its writer meant: it fails where a person sees it. */
const AGE_LIMIT_MS = 24 * 3_600_000;

export type Accepted = { messageId: string; ring: { chatId: string; accountId: string; at: number }[] };

/** What a message is accepted on. Times in ms since the epoch. */
export type Terms = {
  now: number;
  /** When it is to go; later than `now`, it does not become the conversation's last message before. */
  at: number;
  /** As it was asked for: kept with the message. */
  route?: RouteRequest | undefined;
  /** It fails if it has not gone out so long after it was to. */
  expiresInMs?: number;
  /** 0: a person waits for it. 1: one of many. */
  priority?: 0 | 1;
  broadcastId?: string;
  /** The group it is shown in; `relayOf`: a member's answer that it sends on. */
  group?: { conversationId: string; relayOf?: string; senderName?: string };
  /** Held back until then, though it is shown at once. */
  undoUntil?: number | undefined;
  urgency?: Urgency | undefined;
  /** There is at most one message of the user with it. */
  onceKey?: string | undefined;
};

/** The message with this key is there already; nothing was stored. */
export class AcceptedBefore extends Error {}

/**
 * Stores one message and its deliveries to one or several people; the caller's transaction makes them one.
 * @throws AcceptedBefore
 */
export async function accept(
  sql: Sql,
  userId: string,
  planned: readonly Planned[],
  given: Letter,
  terms: Terms,
): Promise<Accepted> {
  const [first] = planned;
  if (!first) throw new DomainError('invalid', 'no-recipient', 'There is nobody to send it to.');
  const letter = planned.length === 1 ? addressed(given, first.person) : given;
  const ways = planned.flatMap(({ place, steps }) => steps.map((step) => ({ place, step })));
  const going = ways.filter(({ step }) => step.leftOut === undefined);
  const accounts = going.map(({ step }) => step.candidate.accountId);
  await checkRoom(sql, userId, accounts, { bulk: terms.priority === 1 });
  const revs = await Revisions.take(sql, userId, ways.length * (OPEN_REVISIONS + 1) + 2);
  const opened = new Map<PlannedStep, string>();
  for (const { place, step } of going)
    opened.set(step, await chatOf(sql, userId, place, step.candidate, step.resolved, revs));
  const chats = [...opened.values()];
  const messageId = newId();
  await insertMessage(sql, userId, { id: messageId, chatId: chats[0]! }, letter, terms, revs);
  const goes = terms.undoUntil ?? terms.at;
  const rows = ways.map(({ place, step }) => ({
    id: newId(),
    chat: opened.get(step) ?? step.candidate.chatId ?? null,
    leftOut: step.leftOut === undefined ? null : `The route leaves it out: ${step.leftOut}`,
    account: step.candidate.accountId,
    channel: step.candidate.channel,
    target: step.candidate.target,
    contact: place.contactId,
    step: step.step,
    kind: step.kind,
    due: goes + step.afterMs,
    unless: step.unless ?? null,
    within: step.withinMs || null,
    conditions: step.conditions === undefined ? null : JSON.stringify(step.conditions),
    why: step.why ?? null,
    rev: revs.next(),
  }));
  await insertDeliveries(sql, userId, messageId, rows, terms);
  const shownIn = terms.group?.relayOf ? undefined : (terms.group?.conversationId ?? first.place.id);
  await becomeLast(sql, { messageId, shownIn, chats: terms.group ? chats : chats.slice(0, 1) }, terms, revs);
  for (const conversationId of new Set(planned.flatMap(({ released }) => released ?? [])))
    await letGo(sql, userId, conversationId);
  const ring = rows.flatMap(({ chat, account, due, leftOut }) =>
    chat === null || leftOut !== null ? [] : [{ chatId: chat, accountId: account, at: due }],
  );
  return { messageId, ring };
}

const BECOME_LAST = `
WITH c AS (UPDATE chats SET last_active_at = $7 WHERE id = ANY($6::uuid[]))
UPDATE conversations SET archived = false, request = 'none', rev = $4,
  last_message_id = CASE WHEN $5 AND (last_message_at IS NULL OR last_message_at <= $3) THEN $2 ELSE last_message_id END,
  last_message_at = CASE WHEN $5 THEN greatest(last_message_at, $3) ELSE last_message_at END
WHERE id = $1`;

/** @param at.shownIn none where it is shown as another's answer, which is there already */
async function becomeLast(
  sql: Sql,
  { messageId, shownIn, chats }: { messageId: string; shownIn: string | undefined; chats: string[] },
  { now, at }: Terms,
  revs: Revisions,
): Promise<void> {
  await sql.query({
    name: 'become-last',
    text: BECOME_LAST,
    values: [shownIn ?? null, messageId, new Date(at), revs.next(), at <= now, chats, new Date(now)],
  });
}

/** What a thread that the answered message begins is known by in this chat. */
const BEGUN_BY = `(SELECT coalesce((SELECT remote_id FROM messages WHERE id = $9 AND chat_id = $3),
  (SELECT remote_id FROM deliveries WHERE message_id = $9 AND chat_id = $3 AND remote_id IS NOT NULL LIMIT 1)))`;

const INSERT_MESSAGE = `
INSERT INTO messages (id, user_id, chat_id, direction, sender_name, text, html, format, sent_at, subject, reply_to, route, rev,
  buttons, thread_remote, group_id, broadcast_id, relay_of, urgency, undo_until, once_key)
VALUES ($1, $2, $3, 'out', $13, $4, $5, $6, $7, $8, $9, $10, $11, $12,
  coalesce((SELECT r.thread_remote FROM messages r WHERE r.id = $9 AND r.chat_id = $3), CASE WHEN $20 THEN ${BEGUN_BY} END),
  $14, $15, $16, $17, $18, $19)
ON CONFLICT (user_id, once_key) WHERE once_key IS NOT NULL DO NOTHING
RETURNING thread_remote`;

async function insertMessage(
  sql: Sql,
  userId: string,
  { id, chatId }: { id: string; chatId: string },
  letter: Letter,
  terms: Terms,
  revs: Revisions,
): Promise<void> {
  const { rows } = await sql.query<{ thread_remote: string | null }>({
    name: 'accept-message',
    text: INSERT_MESSAGE,
    values: [
      ...[id, userId, chatId, letter.text, letter.html ?? null, letter.html === undefined ? 'plain' : 'html'],
      ...[new Date(terms.at), letter.subject ?? null, letter.replyTo ?? null],
      terms.route === undefined ? null : JSON.stringify(terms.route),
      revs.next(),
      letter.buttons === undefined ? null : JSON.stringify(letter.buttons),
      terms.group?.senderName ?? 'You',
      ...[terms.group?.conversationId ?? null, terms.broadcastId ?? null, terms.group?.relayOf ?? null],
      terms.urgency ?? 'normal',
      terms.undoUntil === undefined ? null : new Date(terms.undoUntil),
      terms.onceKey ?? null,
      letter.inThread === true,
    ],
  });
  const [stored] = rows;
  if (!stored) throw new AcceptedBefore();
  if (letter.inThread === true && stored.thread_remote === null) throw noThreadYet();
  await storeExtras(sql, id, letter);
  if (letter.files.length > 0)
    await sql.query(
      `INSERT INTO message_attachments (message_id, attachment_id, position)
       SELECT $1, f.id, f.position FROM unnest($2::uuid[]) WITH ORDINALITY AS f(id, position)`,
      [id, letter.files],
    );
}

type NewDelivery = {
  id: string;
  /** null: none was opened for what is left out. */
  chat: string | null;
  account: string;
  channel: string;
  target: string;
  contact: string | null;
  step: number;
  kind: PlannedStep['kind'];
  due: number;
  unless: string | null;
  within: number | null;
  conditions: string | null;
  why: string | null;
  leftOut: string | null;
  rev: number;
};

const INSERT_DELIVERIES = `
INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, contact_id, step, kind, due_at, unless,
  within_ms, conditions, why, expires_at, rev, status, reason, message_at, created_at, priority)
SELECT d.id, $1::uuid, $2::uuid, d.account, d.chat, d.channel, d.target, d.contact, d.step, d.kind, d.due, d.proof, d.within, d.conditions, d.why,
  d.due + $19 * interval '1 ms', d.rev,
  CASE WHEN d.left_out IS NULL THEN 'queued' ELSE 'cancelled' END, d.left_out, $16::timestamptz, $17::timestamptz, $18::int
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::int[], $10::text[], $11::timestamptz[],
  $12::text[], $13::bigint[], $14::jsonb[], $15::text[], $20::bigint[], $21::text[])
  AS d(id, account, chat, channel, target, contact, step, kind, due, proof, within, conditions, why, rev, left_out)`;

async function insertDeliveries(
  sql: Sql,
  userId: string,
  messageId: string,
  rows: readonly NewDelivery[],
  { now, at, expiresInMs, priority }: Terms,
): Promise<void> {
  const column = <T>(read: (row: NewDelivery) => T) => rows.map(read);
  await sql.query({
    name: 'accept-deliveries',
    text: INSERT_DELIVERIES,
    values: [
      ...[userId, messageId],
      ...[column((row) => row.id), column((row) => row.account), column((row) => row.chat)],
      ...[column((row) => row.channel), column((row) => row.target), column((row) => row.contact)],
      ...[column((row) => row.step), column((row) => row.kind), column((row) => new Date(row.due))],
      ...[column((row) => row.unless), column((row) => row.within), column((row) => row.conditions)],
      column((row) => row.why),
      ...[new Date(at), new Date(now), priority ?? 0, expiresInMs ?? AGE_LIMIT_MS],
      ...[column((row) => row.rev), column((row) => row.leftOut)],
    ],
  });
}

async function chatOf(
  sql: Sql,
  userId: string,
  place: Place,
  { chatId, accountId, network, target, buddyId }: Reach,
  resolved: ResolvedChat | undefined,
  revs: Revisions,
): Promise<string> {
  if (chatId !== undefined) return chatId;
  const account = { id: accountId, userId, network };
  if (resolved) return openChat(sql, account, place, resolved, revs);
  return openLater(sql, account, place, { address: target, buddyId }, revs);
}

const noThreadYet = () =>
  new DomainError(
    'conflict',
    'no-thread-there',
    'A thread begins below a message that has reached its network, by the account it went or came by.',
  );
