import { z } from 'zod';
import { type Event, type HistoryFrom, type HistoryPage, limits } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import { type Api, path } from './client.js';
import { messagesAnswer, type RawEvent } from './events.js';
import { isEventId } from './ids.js';
import type { Inbound } from './inbound.js';
import type { People } from './people.js';

const gapPage = 500;
/** So that a server that never comes to an end does: a million events. */
const mostGapPages = 2_000;

const contextAnswer = z.looseObject({ start: z.string().optional() });
const position = z.object({ from: z.string() });
const filter = JSON.stringify({ lazy_load_members: true, include_redundant_members: true });

/** Older events of a room, read page by page. */
export class History {
  constructor(
    private readonly api: Api,
    private readonly book: Book,
    private readonly people: People,
    private readonly signal: AbortSignal,
    private readonly log: (message: string, fields: Record<string, unknown>) => void,
  ) {}

  /**
   * What was written between two places of the sync, oldest first, a page at a time so that a long absence takes no more
   * memory than a short one.
   */
  async *gap(room: Room, from: string, to: string): AsyncGenerator<RawEvent[]> {
    for (let [page, at] = [0, from]; ; page++) {
      const query = { dir: 'f', from: at, to, limit: gapPage, filter };
      const { chunk, state, end } = await this.#ask(room, query, this.signal);
      this.#names([...(state ?? []), ...chunk]);
      if (chunk.length > 0) yield chunk;
      if (end === undefined || end === at || end === to || chunk.length === 0) return;
      at = end;
      if (page < mostGapPages) continue;
      this.log('a very long absence was not read to its end', { room: room.id, pages: page });
      return;
    }
  }

  /** A page for the chat's history on demand. */
  async before(
    inbound: Inbound,
    roomId: string,
    start: HistoryFrom,
    limit: number,
    signal: AbortSignal,
  ): Promise<HistoryPage> {
    const room = this.book.room(roomId);
    if (!room) return { events: [] };
    const given = position.safeParse(start.position);
    const from = given.success ? given.data.from : await this.#placeOf(room, start.oldest?.id, signal);
    const query = { dir: 'b', limit: Math.min(limit, limits.historyPage), filter, ...(from !== undefined && { from }) };
    const { chunk, state, end } = await this.#ask(room, query, signal);
    this.#names([...(state ?? []), ...chunk]);
    const events: Event[] = [];
    for (const event of chunk.reverse()) events.push(...(await inbound.event(room, event, { backfill: true })));
    return { events, ...(end !== undefined && end !== from && { next: { from: end } }) };
  }

  async #placeOf(room: Room, id: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (id === undefined || !isEventId(id)) return undefined;
    const answer = await this.api.get(path`/rooms/${room.id}/context/${id}`, { query: { limit: 0 }, signal });
    return contextAnswer.parse(answer).start;
  }

  async #ask(room: Room, query: Record<string, string | number>, signal: AbortSignal) {
    return messagesAnswer.parse(await this.api.get(path`/rooms/${room.id}/messages`, { query, signal }));
  }

  #names(events: readonly RawEvent[]): void {
    for (const { type, state_key: user, content } of events) {
      if (type === 'm.room.member' && user !== undefined) this.people.setName(user, content.displayname);
    }
  }
}
