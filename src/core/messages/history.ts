import { LRUCache } from 'lru-cache';
import { AdapterError, type Event, type HistoryFrom, type HistoryPage, type Json, limits } from '../../sdk/index.js';
import { isConnected, limited } from '../accounts/ask.js';
import { featuresOf } from '../accounts/features.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { type Clock, errorText, type Log } from '../log.js';
import type { InboundAccount, InboundCall } from './inbound.js';

/**
 * What the networks still have: `more`, nothing (`end`), or nobody can say now (`unavailable`). Undefined where no
 * network of the conversation keeps history.
 */
export type HistoryState = 'more' | 'end' | 'unavailable' | undefined;

export type HistoryChat = { id: string; remoteId: string; account: InboundAccount; done: boolean };
/** How far back a chat is stored, and where its next older page begins. */
export type HistoryPlace = { oldest: { id: string; at: number } | undefined; position: Json | undefined };

export interface HistoryStore {
  /** Chats of a conversation that their network knows and we are in, those last used first. */
  chats(userId: string, conversationId: string, limit: number): Promise<HistoryChat[]>;
  /** When the oldest stored message of each chat was said; without one that has none. */
  oldest(chatIds: string[]): Promise<Map<string, number>>;
  place(chatId: string): Promise<HistoryPlace & { done: boolean }>;
}

type Deliver = (call: InboundCall & Required<Pick<InboundCall, 'history'>>) => Promise<number>;
type Looked = { state: HistoryState; open: HistoryChat[] };

const PAGE = 50;
/** Pages asked for in a row while they bring nothing new. */
const FRUITLESS = 3;
/** More events than this on one page are taken for a mistake. */
const MOST_EVENTS = limits.pendingEvents;
const MOST_CHATS = 200;
const LIMIT_MS = 8_000;
/** Rounds over the chats of a conversation that one page of its timeline is worth. */
const ROUNDS = 6;
/** Chats fetched at a time for one page: a person may have hundreds, one for each subject. */
const AT_ONCE = 4;
/** A network that could not answer is left alone for a while. */
const PAUSE_MS = 5_000;

/**
 * Fetches what the networks know and we do not, older and older, when somebody goes back that far. A page is stored
 * with the place where the next begins in one transaction; each chat has one fetch under way, which all who want it join.
 */
export class History {
  readonly #running = new Map<string, Promise<number>>();
  /** Chats that could not be asked, and until when they are not asked again. */
  readonly #pauses = new LRUCache<string, { accountId: string; until: number }>({ max: 10_000 });
  readonly #stop = new AbortController();

  constructor(
    private readonly store: HistoryStore,
    private readonly supervisor: Supervisor,
    private readonly deliver: Deliver,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    supervisor.onState(({ account, state }) => {
      if (state.is !== 'online') return;
      for (const [chat, pause] of this.#pauses.entries()) if (pause.accountId === account.id) this.#pauses.delete(chat);
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running.values());
  }

  /** One page of the chat that is stored least far back; of the next such, where that brought nothing. */
  async fetchOlder(userId: string, conversationId: string): Promise<{ added: number; history: HistoryState }> {
    const until = this.clock.now() + LIMIT_MS;
    const { open } = await this.#look(userId, conversationId);
    let added = 0;
    for (const { chat } of await this.#newestFirst(open)) {
      if (added > 0 || this.clock.now() >= until) break;
      added = await this.#within(until, this.#fetch(chat));
    }
    return { added, history: (await this.#look(userId, conversationId)).state };
  }

  /**
   * Reads a page of the timeline, fetching first what it lacks. A chat with more history that is stored only down to a
   * message within the page would leave a hole in it: such chats are fetched while `waits` allows it, and the page ends
   * above the hole if they could not be.
   */
  async page<M extends { sent_at: Date }>(
    userId: string,
    conversationId: string,
    { limit, waits }: { limit: number; waits: (found: readonly M[]) => boolean },
    read: () => Promise<M[]>,
  ): Promise<{ found: M[]; history: HistoryState }> {
    const until = this.clock.now() + LIMIT_MS;
    for (let round = 0; ; round += 1) {
      // In this order: what another fetch stores in between is read, and never missed with the end told.
      const { state, open } = await this.#look(userId, conversationId);
      const found = await read();
      const bottom = found.length > limit ? (found[limit - 1]?.sent_at.getTime() ?? 0) : Number.NEGATIVE_INFINITY;
      const holes = (await this.#newestFirst(open)).filter(({ at }) => at > bottom);
      if (holes.length === 0 || !waits(found)) return { found, history: state };
      if (round >= ROUNDS || this.clock.now() >= until) return { found: above(found, holes[0]!.at), history: state };
      const newest = holes.slice(0, AT_ONCE);
      await this.#within(until, Promise.all(newest.map(({ chat }) => this.#fetch(chat))).then(sum));
    }
  }

  async #look(userId: string, conversationId: string): Promise<Looked> {
    const chats = await this.store.chats(userId, conversationId, MOST_CHATS);
    const open: HistoryChat[] = [];
    const seen = { done: false, away: false };
    for (const chat of chats) {
      const { id, network } = chat.account;
      const connected = isConnected(this.supervisor.get(id));
      const has = connected
        ? featuresOf(this.supervisor, id, chat.remoteId)?.history !== undefined
        : this.supervisor.adapters.get(network)?.manifest.capabilities.history === true;
      if (chat.done) seen.done = true;
      else if (has && connected && !this.#paused(chat.id)) open.push(chat);
      else if (has) seen.away = true;
    }
    const state = open.length > 0 ? 'more' : seen.away ? 'unavailable' : seen.done ? 'end' : undefined;
    return { state, open };
  }

  #paused(chatId: string): boolean {
    return (this.#pauses.get(chatId)?.until ?? 0) > this.clock.now();
  }

  /** A chat of which nothing is stored comes first of all. */
  async #newestFirst(chats: readonly HistoryChat[]): Promise<{ chat: HistoryChat; at: number }[]> {
    if (chats.length === 0) return [];
    const oldest = await this.store.oldest(chats.map((chat) => chat.id));
    return chats
      .map((chat) => ({ chat, at: oldest.get(chat.id) ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => (a.at === b.at ? 0 : b.at > a.at ? 1 : -1));
  }

  /** Waits no longer than that; the fetch itself goes on. */
  #within(until: number, fetch: Promise<number>): Promise<number> {
    const left = Math.max(until - this.clock.now(), 1);
    return limited(this.clock, () => fetch, left).then(
      (added) => added ?? 0,
      () => 0,
    );
  }

  #fetch(chat: HistoryChat): Promise<number> {
    const running = this.#running.get(chat.id);
    if (running) return running;
    const fetch = this.#pages(chat)
      .catch((error: unknown) => {
        const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
        const until = this.clock.now() + Math.max(asked, PAUSE_MS);
        this.#pauses.set(chat.id, { accountId: chat.account.id, until });
        this.log.info('history could not be fetched', { accountId: chat.account.id, error: errorText(error) });
        return 0;
      })
      .finally(() => this.#running.delete(chat.id));
    this.#running.set(chat.id, fetch);
    return fetch;
  }

  /** Goes on past pages that hold nothing new. */
  async #pages(chat: HistoryChat): Promise<number> {
    for (let page = 1; ; page += 1) {
      const { added, more } = await this.#page(chat);
      if (added > 0 || !more || page === FRUITLESS || this.#stop.signal.aborted) return added;
    }
  }

  async #page(chat: HistoryChat): Promise<{ added: number; more: boolean }> {
    const { oldest, position, done } = await this.store.place(chat.id);
    if (done) return { added: 0, more: false };
    const page = await this.#ask(chat, {
      ...(position === undefined ? {} : { position }),
      ...(oldest === undefined ? {} : { oldest }),
    });
    const stuck = page.next !== undefined && JSON.stringify(page.next) === JSON.stringify(position);
    const next = stuck ? null : (page.next ?? null);
    const history = { chatRemoteId: chat.remoteId, next };
    const added = await this.deliver({ account: chat.account, events: backfill(chat, page.events), history });
    return { added, more: next !== null };
  }

  /** A place that the network no longer knows is given up for the oldest message there is. */
  async #ask(chat: HistoryChat, from: HistoryFrom): Promise<HistoryPage> {
    try {
      return await this.#before(chat, from);
    } catch (error) {
      const forgotten = error instanceof AdapterError && error.kind === 'rejected' && from.position !== undefined;
      if (!forgotten) throw error;
      return this.#before(chat, from.oldest === undefined ? {} : { oldest: from.oldest });
    }
  }

  async #before(chat: HistoryChat, from: HistoryFrom): Promise<HistoryPage> {
    const history = featuresOf(this.supervisor, chat.account.id, chat.remoteId)?.history;
    if (!history) throw new AdapterError('temporary', 'the account is not connected');
    const page = await limited(
      this.clock,
      (signal) => history.before(from, PAGE, AbortSignal.any([signal, this.#stop.signal])),
      LIMIT_MS,
    );
    if (!page) throw new AdapterError('temporary', 'the network answered nothing');
    if (page.events.length > MOST_EVENTS)
      throw new AdapterError('rejected', `a page of history has ${page.events.length} events`);
    return page;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What stands above the hole; everything, where nothing does. */
function above<M extends { sent_at: Date }>(found: M[], hole: number): M[] {
  const safe = found.filter((message) => message.sent_at.getTime() >= hole);
  return safe.length > 0 ? safe : found;
}

/** Of this chat alone, and never news. */
function backfill(chat: HistoryChat, events: readonly Event[]): Event[] {
  return events.flatMap((event): Event[] => {
    if (event.type === 'typing' || event.type === 'presence' || event.type === 'seen') return [];
    if ('chat' in event && event.chat.id !== chat.remoteId) return [];
    return [event.type === 'message' ? { ...event, backfill: true } : event];
  });
}
