import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { resolveWithin } from '../../../core/delivery/resolve.js';
import { DomainError } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { addressed, type Letter } from '../../../core/messages/letter.js';
import type { Person } from '../../../core/messages/placeholders.js';
import { checkWays } from '../../../core/messages/sendable.js';
import { wayTo } from '../../../core/messages/way.js';
import { type PlannedStep, plan } from '../../../core/routing/plan.js';
import type { ShortRoute } from '../../../core/routing/policy.js';
import { AdapterError, type Clock, type ResolvedChat } from '../../../sdk/index.js';
import { OPEN_REVISIONS, openChat, openLater, type Place } from '../deliveries/chats.js';
import { Revisions, type Sql } from '../pool.js';
import { type Reach, reachesOf } from './candidates.js';
import { personsOf, storeExtras } from './letters.js';

/** Older than this, a message is no longer what its writer meant: it fails where a person sees it. */
const AGE_LIMIT_MS = 24 * 3_600_000;

/** A message whose ways are chosen and allowed; nothing of it is stored yet. */
export type Planned = {
  place: Place;
  /** Who it is, where the letter speaks of people. */
  person?: Person | undefined;
  steps: (PlannedStep & { candidate: Reach; resolved: ResolvedChat | undefined })[];
};

/** Chooses the ways of one message from each place, and refuses what could not go them. */
export class Planner {
  constructor(
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    /** Our address as others reach it, for links; undefined where there is none. */
    private readonly linkBase?: string,
  ) {}

  async plan(
    sql: Sql,
    userId: string,
    places: readonly Place[],
    letter: Letter,
    request: { via?: string; route?: ShortRoute },
  ): Promise<Planned[]> {
    const reaches = await reachesOf(sql, this.supervisor, userId, places, this.clock.now());
    const persons = await personsOf(sql, userId, letter, places);
    const planned: Planned[] = [];
    for (const [index, place] of places.entries()) {
      try {
        const steps = plan(reaches.get(place.id) ?? [], request).map((step) => ({
          ...step,
          candidate: reachOf(step, reaches, place),
        }));
        const person = persons.get(place.contactId);
        checkWays(
          letter,
          steps.map(({ candidate }) => wayTo(this.supervisor, candidate)),
          { linkBase: this.linkBase, person },
        );
        const resolved: Planned['steps'] = [];
        for (const step of steps) resolved.push({ ...step, resolved: await this.#resolve(step.candidate) });
        planned.push({ place, steps: resolved, person });
      } catch (error) {
        throw places.length > 1 ? atPlace(error, index) : error;
      }
    }
    return planned;
  }

  /** Undefined where the network can only be asked later. @throws DomainError for an address that cannot be one */
  async #resolve({ accountId, chatId, target, network }: Reach): Promise<ResolvedChat | undefined> {
    const live = chatId === undefined ? this.supervisor.get(accountId) : undefined;
    if (!live) return undefined;
    try {
      return await resolveWithin(live.connection, target, this.clock);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (error.kind !== 'rejected') return undefined;
      throw new DomainError(
        'invalid',
        'invalid-address',
        `${target} cannot be reached by ${network}: ${error.message}`,
        {
          fields: { route: `${target}: ${error.message}` },
          cause: error,
        },
      );
    }
  }
}

const reachOf = (step: PlannedStep, reaches: Map<string, Reach[]>, place: Place): Reach =>
  reaches.get(place.id)!.find(({ id }) => id === step.candidate.id)!;

/** Says which of many people the message could not go to. */
function atPlace(error: unknown, index: number): unknown {
  if (!(error instanceof DomainError)) return error;
  return new DomainError(error.kind, error.code, error.message, {
    fields: { ...error.fields, [`to.${index}`]: error.message },
    cause: error,
  });
}

export type Accepted = { messageId: string; ring: { chatId: string; at: number }[] };

/**
 * Stores a message and its deliveries; the caller's transaction makes them one. `at` is when it is to go: a message for
 * later does not become the conversation's last one before.
 */
export async function accept(
  sql: Sql,
  userId: string,
  { place, steps, person }: Planned,
  given: Letter,
  { now, at, route }: { now: number; at: number; route: ShortRoute | undefined },
): Promise<Accepted> {
  const letter = addressed(given, person);
  const revs = await Revisions.take(sql, userId, steps.length * (OPEN_REVISIONS + 1) + 2);
  const chats: string[] = [];
  for (const { candidate, resolved } of steps) chats.push(await chatOf(sql, userId, place, candidate, resolved, revs));
  const messageId = newId();
  await sql.query(
    `INSERT INTO messages (id, user_id, chat_id, direction, sender_name, text, html, format, sent_at, subject, reply_to, route, rev,
       buttons, thread_remote)
     VALUES ($1, $2, $3, 'out', 'You', $4, $5, $6, $7, $8, $9, $10, $11, $12,
       (SELECT r.thread_remote FROM messages r WHERE r.id = $9 AND r.chat_id = $3))`,
    [
      messageId,
      userId,
      chats[0],
      letter.text,
      letter.html ?? null,
      letter.html === undefined ? 'plain' : 'html',
      new Date(at),
      letter.subject ?? null,
      letter.replyTo ?? null,
      route === undefined ? null : JSON.stringify(route),
      revs.next(),
      letter.buttons === undefined ? null : JSON.stringify(letter.buttons),
    ],
  );
  await storeExtras(sql, messageId, letter);
  if (letter.files.length > 0)
    await sql.query(
      `INSERT INTO message_attachments (message_id, attachment_id, position)
     SELECT $1, f.id, f.position FROM unnest($2::uuid[]) WITH ORDINALITY AS f(id, position)`,
      [messageId, letter.files],
    );
  const rows = steps.map((step, index) => ({
    id: newId(),
    chat: chats[index]!,
    account: step.candidate.accountId,
    channel: step.candidate.channel,
    target: step.candidate.target,
    step: step.step,
    due: at + step.afterMs,
    unless: step.unless ?? null,
    within: step.withinMs || null,
    rev: revs.next(),
  }));
  await insertDeliveries(sql, userId, messageId, rows, { now, at });
  await sql.query('UPDATE chats SET last_active_at = $2 WHERE id = $1', [chats[0], new Date(now)]);
  await sql.query(
    `UPDATE conversations SET archived = false, request = 'none', rev = $4,
       last_message_id = CASE WHEN $5 AND (last_message_at IS NULL OR last_message_at <= $3) THEN $2 ELSE last_message_id END,
       last_message_at = CASE WHEN $5 THEN greatest(last_message_at, $3) ELSE last_message_at END
     WHERE id = $1`,
    [place.id, messageId, new Date(at), revs.next(), at <= now],
  );
  return { messageId, ring: rows.map((row) => ({ chatId: row.chat, at: row.due })) };
}

type NewDelivery = {
  id: string;
  chat: string;
  account: string;
  channel: string;
  target: string;
  step: number;
  due: number;
  unless: string | null;
  within: number | null;
  rev: number;
};

async function insertDeliveries(
  sql: Sql,
  userId: string,
  messageId: string,
  rows: readonly NewDelivery[],
  { now, at }: { now: number; at: number },
): Promise<void> {
  for (const row of rows) {
    await sql.query(
      `INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, step, due_at, unless, within_ms,
         expires_at, message_at, rev, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        row.id,
        userId,
        messageId,
        row.account,
        row.chat,
        row.channel,
        row.target,
        row.step,
        new Date(row.due),
        row.unless,
        row.within,
        new Date(row.due + AGE_LIMIT_MS),
        new Date(at),
        row.rev,
        new Date(now),
      ],
    );
  }
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
