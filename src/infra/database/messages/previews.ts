import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { notFound } from '../../../core/errors.js';
import { type Letter, letterOf, placeholdersIn } from '../../../core/messages/letter.js';
import { writtenOf } from '../../../core/messages/sendable.js';
import { sendTimes } from '../../../core/messages/terms.js';
import { wayTo } from '../../../core/messages/way.js';
import type { PreviewRecipientView, PreviewService, PreviewView } from '../../../core/previews/service.js';
import { previewStep } from '../../../core/previews/step.js';
import { type Directions, sentenceOf } from '../../../core/routing/choose.js';
import type { PlannedStep } from '../../../core/routing/plan.js';
import type { SendRequest } from '../../../core/services.js';
import type { Channel, Clock } from '../../../sdk/index.js';
import type { Place } from '../deliveries/chats.js';
import { answeredBy } from '../deliveries/outgoing.js';
import { membersOf } from '../groups/members.js';
import { placesOf } from '../groups/places.js';
import type { Sql } from '../pool.js';
import { lastSpent } from './costs.js';
import { filesOf } from './letters.js';
import type { Planned, Planner, Ways } from './planner.js';

/** People shown one by one; of the others is only counted by which channel it would go. */
const SHOWN = 20;
/** People counted with one question to the database. */
const COUNTED_AT_ONCE = 500;
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
    return this.letter(userId, conversationId, (place) => letterOf(request, placeholdersIn(place)), request);
  }

  async letter(
    userId: string,
    conversationId: string,
    write: (place: Place & { mixed: boolean }) => Letter,
    request: Omit<SendRequest, 'text' | 'format'>,
  ): Promise<PreviewView> {
    const { rows } = await this.pool.query<{ id: string; contact_id: string | null; name: string; mixed: boolean }>(
      `SELECT v.id, v.contact_id, v.mixed, coalesce(k.name, v.name) AS name FROM conversations v
       LEFT JOIN contacts k ON k.id = v.contact_id
       WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL`,
      [conversationId, userId],
    );
    const row = rows[0];
    if (!row) throw notFound('conversation');
    const place = { id: row.id, contactId: row.contact_id };
    const letter = write({ ...place, mixed: row.mixed });
    if (row.mixed) return this.#preview(userId, await this.#members(row.id), request, letter, row.id);
    return this.#preview(userId, [{ place, name: row.name }], request, letter);
  }

  async many(
    userId: string,
    { to, groupId, ...request }: SendRequest & { to?: string[]; groupId?: string },
  ): Promise<PreviewView> {
    const letter = letterOf(request);
    if (groupId === undefined) return this.#preview(userId, await this.#contacts(userId, to ?? []), request, letter);
    const { rowCount } = await this.pool.query(
      'SELECT 1 FROM conversations WHERE id = $1 AND user_id = $2 AND mixed AND deleted_at IS NULL',
      [groupId, userId],
    );
    if (rowCount === 0) throw notFound('group');
    return this.#preview(userId, await this.#members(groupId), request, letter, groupId);
  }

  async #preview(
    userId: string,
    all: readonly Recipient[],
    request: Omit<SendRequest, 'text' | 'format'>,
    letter: Letter,
    groupId?: string,
  ): Promise<PreviewView> {
    const { at } = sendTimes(request, this.clock.now());
    letter.named = await filesOf(this.pool, userId, request.attachments);
    await mustOwn(this.pool, userId, 'message', request.replyTo);
    await mustOwn(this.pool, userId, 'account', request.via);
    const tally: Tally = { im: 0, email: 0, sms: 0, none: 0 };
    const recipients: PreviewRecipientView[] = [];
    const { via, route, urgency } = request;
    const ways = { via, route, urgency, at, groupId };
    const directions: (Directions | undefined)[] = [];
    for (const one of all.slice(0, SHOWN)) {
      const { view, by } = await this.#recipient(userId, one, letter, ways, at);
      recipients.push(view);
      directions.push(by);
    }
    for (const { steps } of recipients) count(tally, firstChannels(steps));
    for (let from = SHOWN; from < all.length; from += COUNTED_AT_ONCE) {
      const places = all.slice(from, from + COUNTED_AT_ONCE).map(({ place }) => place);
      for (const channels of await this.#firstChannels(userId, places, letter, ways)) count(tally, channels);
    }
    const by: Directions = directions.find((one) => one !== undefined) ?? { by: 'rule', from: 'rule' };
    return { sentence: sentenceOf(by), from: by.from, recipients, total: all.length, byChannel: tally };
  }

  /** Of each place the channels of its first step; none where nothing would go. No network is asked. */
  async #firstChannels(userId: string, places: readonly Place[], letter: Letter, ways: Ways): Promise<Channel[][]> {
    const outlines = await this.planner.outline(this.pool, userId, places, letter, ways);
    return outlines.map((one) => ('problem' in one ? [] : firstChannels(one.steps.filter(goes).map(channelOf))));
  }

  async #recipient(
    userId: string,
    { place, name }: Recipient,
    letter: Letter,
    ways: Ways,
    at: number,
  ): Promise<{ view: PreviewRecipientView; by?: Directions | undefined }> {
    const { contactId } = place;
    const [planned] = await this.planner.each(this.pool, userId, [place], letter, ways);
    if (!planned) return { view: { contactId, name, steps: [] } };
    if ('problem' in planned) return { view: { contactId, name, problem: planned.problem.message, steps: [] } };
    return { view: { contactId, name, steps: await this.#steps(planned, letter, at) }, by: planned.directions };
  }

  async #steps({ steps, person }: Planned, letter: Letter, at: number) {
    const views = [];
    const spent = await lastSpent(this.pool, [...new Set(steps.map(({ candidate }) => candidate.accountId))]);
    for (const step of steps.filter(goes)) {
      const { chatId = NO_CHAT } = step.candidate;
      const answered = letter.replyTo === undefined ? undefined : await answeredBy(this.pool, letter.replyTo, chatId);
      const written = { ...writtenOf(letter), quote: answered?.quote };
      const terms = { at, person, linkBase: this.linkBase, spent: spent.get(step.candidate.accountId) };
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

const goes = ({ leftOut }: PlannedStep): boolean => leftOut === undefined;
const channelOf = ({ step, candidate: { channel } }: PlannedStep) => ({ step, channel });

const firstChannels = (steps: readonly { step: number; channel: Channel }[]): Channel[] => [
  ...new Set(steps.filter(({ step }) => step === steps[0]?.step).map(({ channel }) => channel)),
];

function count(tally: Tally, channels: readonly Channel[]): void {
  if (channels.length === 0) tally.none += 1;
  for (const channel of channels) tally[channel] += 1;
}

async function mustOwn(sql: Sql, userId: string, what: 'message' | 'account', id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const { rowCount } = await sql.query(`SELECT 1 FROM ${what}s WHERE id = $1 AND user_id = $2`, [id, userId]);
  if (rowCount === 0) throw notFound(what);
}
