import type pg from 'pg';
import { notFound } from '../../../core/errors.js';
import type { History } from '../../../core/messages/history.js';
import type { TimelinePage, TimelineRequest } from '../../../core/services.js';
import type { MessageView, Page } from '../../../core/views.js';
import { messagePage } from '../views/messages.js';
import { type Found, threadIds, timelineIds } from './timeline.js';

/** Below every id: a place right before whatever was said at its moment. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Reads messages by pages. Whether the user may is asked by the caller, but for the messages a request names. */
export class MessageReader {
  constructor(
    private readonly pool: pg.Pool,
    private readonly history: History,
  ) {}

  async timeline(userId: string, conversationId: string, request: TimelineRequest): Promise<TimelinePage> {
    const { before, after, around, at, limit } = request;
    if (after !== undefined) return this.#newer(userId, conversationId, await this.find(userId, after), limit);
    if (around !== undefined) return this.#around(userId, conversationId, await this.find(userId, around), limit);
    if (at !== undefined) return this.#around(userId, conversationId, { id: FIRST_ID, sent_at: new Date(at) }, limit);
    const from = before === undefined ? undefined : await this.find(userId, before);
    const page = await this.#older(userId, conversationId, from, limit);
    return { ...page, newerCursor: from ? (page.items[0]?.id ?? from.id) : null };
  }

  /** @throws DomainError `not-found` where the message that began it is not the user's */
  async thread(
    userId: string,
    rootId: string,
    { before, limit }: { before?: string; limit: number },
  ): Promise<Page<MessageView>> {
    const root = await this.find(userId, rootId);
    const from = before === undefined ? undefined : await this.find(userId, before);
    const { items, last } = await messagePage(
      this.pool,
      userId,
      await threadIds(this.pool, root.id, from, limit + 1),
      limit,
    );
    return { items, nextCursor: last?.id ?? null };
  }

  async #older(userId: string, conversationId: string, from: Found | undefined, limit: number) {
    // Nobody who just opens a conversation waits for a network while there is something to show.
    const waits = (found: readonly Found[]) => from !== undefined || found.length === 0;
    const { found, history } = await this.history.page(userId, conversationId, { limit, waits }, () =>
      timelineIds(this.pool, conversationId, 'before', from, limit + 1),
    );
    const { items, last } = await messagePage(this.pool, userId, found, limit);
    const goesOn = last ?? (history === 'more' ? (found.at(-1) ?? from) : undefined);
    const nextCursor = goesOn === undefined || goesOn.id === FIRST_ID ? null : goesOn.id;
    return { items, nextCursor, ...(history === undefined ? {} : { history }) };
  }

  async #newer(userId: string, conversationId: string, from: Found, limit: number): Promise<TimelinePage> {
    const found = await timelineIds(this.pool, conversationId, 'after', from, limit + 1);
    const { items, last } = await messagePage(this.pool, userId, found, limit);
    return { items: items.reverse(), nextCursor: found[0]?.id ?? from.id, newerCursor: last?.id ?? null };
  }

  /** Half of the page is older than the place; where there is too little on one side, the other has more. */
  async #around(userId: string, conversationId: string, place: Found, limit: number): Promise<TimelinePage> {
    const half = Math.ceil(limit / 2);
    const ahead = await timelineIds(this.pool, conversationId, 'from', place, limit + 1);
    const older = await this.#older(userId, conversationId, place, Math.max(1, limit - Math.min(half, ahead.length)));
    const room = Math.max(1, limit - older.items.length);
    const { items, last } = await messagePage(this.pool, userId, ahead, room);
    return { ...older, items: [...items.reverse(), ...older.items], newerCursor: last?.id ?? null };
  }

  /** @throws DomainError `not-found` */
  async find(userId: string, id: string): Promise<Found> {
    const { rows } = await this.pool.query<Found>(
      'SELECT id, sent_at FROM messages WHERE id = $1 AND user_id = $2 AND echo_of IS NULL AND relay_of IS NULL',
      [id, userId],
    );
    return rows[0] ?? Promise.reject(notFound('message'));
  }
}
