import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../../core/errors.js';
import type { Spent } from '../../../core/messages/cost.js';
import { type Letter, letterOf } from '../../../core/messages/letter.js';
import { writtenOf } from '../../../core/messages/sendable.js';
import { sendTimes } from '../../../core/messages/terms.js';
import { wayTo } from '../../../core/messages/way.js';
import type { PreviewRecipientView, PreviewService, PreviewView } from '../../../core/previews/service.js';
import { previewStep } from '../../../core/previews/step.js';
import { plan } from '../../../core/routing/plan.js';
import type { SendRequest } from '../../../core/services.js';
import type { Channel, Clock } from '../../../sdk/index.js';
import type { Place } from '../deliveries/chats.js';
import { answeredBy } from '../deliveries/outgoing.js';
import { membersOf } from '../groups/members.js';
import { placesOf } from '../groups/places.js';
import type { Sql } from '../pool.js';
import type { Planned, Planner } from './accept.js';
import { reachesOf } from './candidates.js';
import { filesOf } from './letters.js';

/** People shown one by one; of the others is only counted by which channel it would go. */
const SHOWN = 20;
/** People counted with one question to the database. */
const COUNTED_AT_ONCE = 500;
/** So far back a price is looked for. */
const LAST_MESSAGES = 100;
const NO_CHAT = '00000000-0000-0000-0000-000000000000';

type Recipient = { place: Place; name: string };
type Tally = PreviewView['byChannel'];

/** Plans and fits a message as sending does, and stores nothing. */
export class Previews implements PreviewService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly planner: Planner,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly linkBase: string | undefined,
  ) {}

  async conversation(userId: string, conversationId: string, request: SendRequest): Promise<PreviewView> {
    const { rows } = await this.pool.query<{ id: string; contact_id: string | null; name: string; mixed: boolean }>(
      `SELECT v.id, v.contact_id, v.mixed, coalesce(k.name, v.name) AS name FROM conversations v
       LEFT JOIN contacts k ON k.id = v.contact_id
       WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL`,
      [conversationId, userId],
    );
    const row = rows[0];
    if (!row) throw notFound('conversation');
    if (row.mixed) return this.#preview(userId, await this.#members(row.id), request);
    const place = { id: row.id, contactId: row.contact_id };
    return this.#preview(userId, [{ place, name: row.name }], request);
  }

  async many(
    userId: string,
    { to, groupId, ...request }: SendRequest & { to?: string[]; groupId?: string },
  ): Promise<PreviewView> {
    if (groupId === undefined) return this.#preview(userId, await this.#contacts(userId, to ?? []), request);
    const { rowCount } = await this.pool.query(
      'SELECT 1 FROM conversations WHERE id = $1 AND user_id = $2 AND mixed AND deleted_at IS NULL',
      [groupId, userId],
    );
    if (rowCount === 0) throw notFound('group');
    return this.#preview(userId, await this.#members(groupId), request);
  }

  async #preview(userId: string, all: readonly Recipient[], request: SendRequest): Promise<PreviewView> {
    const { at } = sendTimes(request, this.clock.now());
    const letter = letterOf(request);
    letter.named = await filesOf(this.pool, userId, request.attachments);
    if (request.replyTo !== undefined) await mustHave(this.pool, userId, request.replyTo);
    const tally: Tally = { im: 0, email: 0, sms: 0, none: 0 };
    const recipients: PreviewRecipientView[] = [];
    for (const one of all.slice(0, SHOWN)) recipients.push(await this.#recipient(userId, one, letter, request, at));
    for (const { steps } of recipients) count(tally, firstChannels(steps));
    for (let from = SHOWN; from < all.length; from += COUNTED_AT_ONCE) {
      const places = all.slice(from, from + COUNTED_AT_ONCE).map(({ place }) => place);
      for (const channels of await this.#firstChannels(userId, places, request)) count(tally, channels);
    }
    return { sentence: '', from: 'rule', recipients, total: all.length, byChannel: tally };
  }

  /** Of each place the channels of its first step; none where nothing would go. No network is asked. */
  async #firstChannels(userId: string, places: readonly Place[], request: SendRequest): Promise<Channel[][]> {
    const reaches = await reachesOf(this.pool, this.supervisor, userId, places, this.clock.now());
    return places.map(({ id }) => {
      try {
        const steps = plan(reaches.get(id) ?? [], waysOf(request));
        return firstChannels(steps.map(({ step, candidate: { channel } }) => ({ step, channel })));
      } catch (error) {
        if (error instanceof DomainError) return [];
        throw error;
      }
    });
  }

  async #recipient(
    userId: string,
    { place, name }: Recipient,
    letter: Letter,
    request: SendRequest,
    at: number,
  ): Promise<PreviewRecipientView> {
    const contactId = place.contactId;
    try {
      const [planned] = await this.planner.plan(this.pool, userId, [place], letter, waysOf(request));
      return { contactId, name, steps: planned ? await this.#steps(planned, letter, at) : [] };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { contactId, name, problem: error.message, steps: [] };
    }
  }

  async #steps({ steps, person }: Planned, letter: Letter, at: number) {
    const views = [];
    for (const step of steps) {
      const { chatId = NO_CHAT } = step.candidate;
      const answered = letter.replyTo === undefined ? undefined : await answeredBy(this.pool, letter.replyTo, chatId);
      const written = { ...writtenOf(letter), quote: answered?.quote };
      const spent = await lastSpent(this.pool, step.candidate.accountId);
      const terms = { at, person, linkBase: this.linkBase, spent };
      views.push(previewStep(step, written, wayTo(this.supervisor, step.candidate), terms));
    }
    return views;
  }

  async #members(groupId: string): Promise<Recipient[]> {
    const members = await membersOf(this.pool, [groupId]);
    const places = await placesOf(this.pool, members);
    return members.map(({ name }, index) => ({ place: places[index]!, name }));
  }

  /** @throws DomainError where one of them is not the user's */
  async #contacts(userId: string, ids: readonly string[]): Promise<Recipient[]> {
    const wanted = [...new Set(ids)];
    const { rows } = await this.pool.query<{ id: string; name: string }>(
      'SELECT id, name FROM contacts WHERE id = ANY($1) AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
      [wanted, userId],
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const members = wanted.map((contactId) => {
      const name = names.get(contactId);
      if (name === undefined) throw notFound('contact');
      return { groupId: '', contactId, name };
    });
    const places = await placesOf(this.pool, members);
    return members.map(({ name }, index) => ({ place: places[index]!, name }));
  }
}

/** What the newest of the account's last messages that had a price cost. */
async function lastSpent(sql: Sql, accountId: string): Promise<Spent | undefined> {
  const { rows } = await sql.query<Spent>(
    `SELECT a.cost_amount::text AS amount, a.cost_currency AS currency, coalesce(a.parts, 1) AS parts
     FROM (SELECT id FROM deliveries WHERE account_id = $1 ORDER BY id DESC LIMIT $2) AS d
     JOIN attempts a ON a.delivery_id = d.id WHERE a.cost_amount IS NOT NULL ORDER BY a.at DESC LIMIT 1`,
    [accountId, LAST_MESSAGES],
  );
  return rows[0];
}

function waysOf({ via, route }: SendRequest): Parameters<Planner['plan']>[4] {
  const short = route !== undefined && 'mode' in route ? route : undefined;
  return { ...(via === undefined ? {} : { via }), ...(short === undefined ? {} : { route: short }) };
}

const firstChannels = (steps: readonly { step: number; channel: Channel }[]): Channel[] => [
  ...new Set(steps.filter(({ step }) => step === steps[0]?.step).map(({ channel }) => channel)),
];

function count(tally: Tally, channels: readonly Channel[]): void {
  if (channels.length === 0) tally.none += 1;
  for (const channel of channels) tally[channel] += 1;
}

async function mustHave(sql: Sql, userId: string, messageId: string): Promise<void> {
  const { rowCount } = await sql.query('SELECT 1 FROM messages WHERE id = $1 AND user_id = $2', [messageId, userId]);
  if (rowCount === 0) throw notFound('message');
}
