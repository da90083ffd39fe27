import type pg from 'pg';
import { progressOf, spreadOver } from '../../../core/broadcasts/progress.js';
import type { BroadcastService, NewBroadcast, RecipientView } from '../../../core/broadcasts/service.js';
import type { Place } from '../../../core/delivery/lanes.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { letterOf, sendTime } from '../../../core/messages/letter.js';
import type { BroadcastView, Page, PageRequest } from '../../../core/views.js';
import type { Clock } from '../../../sdk/index.js';
import { membersOf } from '../groups/members.js';
import { filesOf } from '../messages/letters.js';
import type { Planner } from '../messages/planner.js';
import { inTransaction, Revisions } from '../pool.js';
import { count } from './count.js';
import { changeState, endQueued, hold, release, sendingOf } from './hold.js';
import type { Kept } from './store.js';
import { broadcastPage, broadcastViews, recipientPage } from './views.js';

const MOST_PEOPLE = 20_000;
const NAME_LENGTH = 60;
/** What is being sent when a broadcast is stopped has so long to end by itself. */
const FINISH_MS = 400;

type Events = {
  changed(userId: string): void;
  /** There is something to make. */
  work(): void;
  ready(places: readonly Place[]): void;
  /** What of these has not left yet is given up. */
  giveUp(deliveryIds: readonly string[]): void;
};

export class Broadcasts implements BroadcastService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly planner: Planner,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async create(userId: string, request: NewBroadcast): Promise<BroadcastView> {
    const { onceKey, route, urgency, sendAt } = request;
    const before = onceKey === undefined ? undefined : await this.#once(userId, onceKey);
    if (before !== undefined) return this.get(userId, before);
    const now = this.clock.now();
    const at = sendTime(sendAt, now);
    const letter = letterOf(request);
    letter.named = await filesOf(this.pool, userId, request.attachments);
    // Says at once what is wrong with the route.
    await this.planner.outline(this.pool, userId, [], letter, { route, urgency });
    const contacts = await this.#people(userId, request);
    const id = newId();
    const kept: Kept = { letter, ...(urgency === undefined ? {} : { urgency }) };
    const positions = spreadOver(contacts.length);
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      const { rowCount } = await sql.query(
        `INSERT INTO broadcasts (id, user_id, name, letter, route, total, starts_at, created_at, once_key, progress, rev)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (user_id, once_key) WHERE once_key IS NOT NULL DO NOTHING`,
        [
          ...[id, userId, request.name ?? nameOf(letter.text), JSON.stringify(kept)],
          route === undefined ? null : JSON.stringify(route),
          ...[contacts.length, at > now ? new Date(at) : null, new Date(now), onceKey ?? null],
          JSON.stringify(progressOf({ waiting: contacts.length })),
          revs.next(),
        ],
      );
      if (!rowCount) return;
      await sql.query(
        `INSERT INTO broadcast_recipients (broadcast_id, position, contact_id)
         SELECT $1, x.position, x.contact_id FROM unnest($2::int[], $3::uuid[]) AS x(position, contact_id)`,
        [id, positions, contacts],
      );
    });
    this.events.changed(userId);
    this.events.work();
    return this.get(userId, (onceKey === undefined ? undefined : await this.#once(userId, onceKey)) ?? id);
  }

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<BroadcastView>> {
    const found = await broadcastPage(this.pool, userId, limit + 1, idOf(cursor));
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async get(userId: string, id: string): Promise<BroadcastView> {
    const [view] = await broadcastViews(this.pool, userId, [id]);
    return view ?? Promise.reject(notFound('broadcast'));
  }

  async recipients(
    userId: string,
    id: string,
    { limit, cursor, status }: PageRequest & { status?: RecipientView['status'] },
  ): Promise<Page<RecipientView>> {
    await this.get(userId, id);
    const after = cursor === undefined ? -1 : Number(cursor);
    if (!Number.isInteger(after) || Math.abs(after) > MOST_PEOPLE) throw invalidCursor();
    const found = await recipientPage(this.pool, id, { limit: limit + 1, after, status });
    const items = found.slice(0, limit);
    return {
      items: items.map(({ view }) => view),
      nextCursor: found.length > limit ? String(items.at(-1)?.position) : null,
    };
  }

  async pause(userId: string, id: string): Promise<BroadcastView> {
    const change = { from: ['running'], to: 'paused', verb: 'pause' } as const;
    await changeState(this.pool, userId, id, change, (sql) => hold(sql, userId, id));
    return this.#stopped(userId, id);
  }

  async resume(userId: string, id: string): Promise<BroadcastView> {
    let places: Place[] = [];
    const change = { from: ['paused'], to: 'running', verb: 'resume' } as const;
    await changeState(this.pool, userId, id, change, async (sql) => {
      const chats = await release(sql, userId, id, this.clock.now());
      places = chats.map((chat) => ({ ...chat, userId, bulk: true }));
    });
    this.events.ready(places);
    this.events.work();
    return this.#counted(userId, id);
  }

  async cancel(userId: string, id: string): Promise<BroadcastView> {
    const change = { from: ['running', 'paused'], to: 'cancelled', verb: 'cancel' } as const;
    await changeState(this.pool, userId, id, change, (sql) => endQueued(sql, userId, id));
    await this.pool.query(
      `UPDATE broadcast_recipients SET status = 'cancelled' WHERE broadcast_id = $1 AND status = 'waiting'`,
      [id],
    );
    return this.#stopped(userId, id);
  }

  /** What a network has in hand may end by itself; what only waits its turn there does not go. */
  async #stopped(userId: string, id: string): Promise<BroadcastView> {
    const sending = await sendingOf(this.pool, userId, id);
    if (sending.length > 0) this.clock.after(FINISH_MS, () => this.events.giveUp(sending));
    return this.#counted(userId, id);
  }

  async #counted(userId: string, id: string): Promise<BroadcastView> {
    await count(this.pool, id, this.clock.now());
    this.events.changed(userId);
    return this.get(userId, id);
  }

  /** The user's own contacts, each once. */
  async #people(userId: string, { to, groupId }: NewBroadcast): Promise<string[]> {
    const asked = groupId === undefined ? [...new Set(to)] : await this.#members(userId, groupId);
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT c.id FROM unnest($1::uuid[]) WITH ORDINALITY AS x(id, place) JOIN contacts c ON c.id = x.id
       WHERE c.user_id = $2 AND c.deleted_at IS NULL AND c.merged_into IS NULL ORDER BY x.place`,
      [asked, userId],
    );
    if (rows.length < asked.length) throw notFound('contact');
    if (rows.length === 0) throw new DomainError('invalid', 'no-recipient', 'There is nobody to send it to.');
    return rows.map((row) => row.id);
  }

  async #members(userId: string, groupId: string): Promise<string[]> {
    const { rowCount } = await this.pool.query(
      'SELECT 1 FROM conversations WHERE id = $1 AND user_id = $2 AND mixed AND deleted_at IS NULL',
      [groupId, userId],
    );
    if (!rowCount) throw notFound('group');
    return (await membersOf(this.pool, [groupId])).map(({ contactId }) => contactId);
  }

  async #once(userId: string, onceKey: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT id FROM broadcasts WHERE user_id = $1 AND once_key = $2',
      [userId, onceKey],
    );
    return rows[0]?.id;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idOf(cursor: string | undefined): string | undefined {
  if (cursor !== undefined && !UUID.test(cursor)) throw invalidCursor();
  return cursor;
}

const invalidCursor = (): DomainError =>
  new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
    fields: { cursor: 'must be a nextCursor' },
  });

function nameOf(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > NAME_LENGTH ? `${line.slice(0, NAME_LENGTH - 1).toWellFormed()}…` : line || 'Broadcast';
}
