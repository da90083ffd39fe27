import { AdapterError, type Event } from '../../sdk/index.js';
import { type Clock, errorText, type Log } from '../log.js';
import { FencedError } from '../nodes/fenced.js';
import { pause } from '../patience.js';
import type { Committed, InboundCall, InboundRow, InboundStore } from './inbound.js';
import { isOutage } from './outage.js';
import { type KnownRows, Places } from './places.js';

const BATCH = 500;
const MAX_WAITING_EVENTS = 20_000;
const POISON_TRIES = 3;
/** Commits under way at once. What one user's rows make wait holds up no more than the users of a lane. */
const LANES = 8;
/**
 * A commit of five messages costs half of what one of twenty does. So a lane that took so many at once begins its next
 * commit no sooner than so long after it began that one. Where less comes, or as much as a commit holds, nothing waits.
 */
const PACE = { events: 5, ms: 4 };

type Waiting = InboundCall & {
  isPlain: boolean;
  /** What a plain call becomes, where that was known when it came. */
  rows: KnownRows | undefined;
  resolve: (added: number) => void;
  reject: (error: Error) => void;
};
/** What waits of some users, in order. */
type Lane = { queue: Waiting[]; running: boolean };
export type InboxEvents = {
  committed(result: Committed): void;
  stored(userId: string, settled: string[]): void;
};

/**
 * The one way in for what networks say. Calls of a user are taken in order and stored in batches, some users' in a lane:
 * while one commit of it is under way the next batch gathers, so latency is one commit and throughput grows with load.
 * Nothing is announced that is not committed; a call that rejects stored nothing, and rejects those of its account that
 * wait behind it, so that nothing overtakes what is delivered again.
 */
export class Inbox {
  readonly #lanes: Lane[] = Array.from({ length: LANES }, () => ({ queue: [], running: false }));
  #waitingEvents = 0;
  readonly #places: Places;

  constructor(
    private readonly store: InboundStore,
    private readonly events: InboxEvents,
    private readonly log: Log,
    /** Whether there is no room to store anything. */
    private readonly isFull: () => boolean = () => false,
    /** Of the pace of commits; without it they follow each other at once. */
    private readonly clock?: Clock,
  ) {
    this.#places = new Places(store);
  }

  /** Resolves once committed. @throws AdapterError `temporary` when storage is away or too much is waiting */
  async deliver(call: InboundCall): Promise<void> {
    await this.#enter(call);
  }

  /** As `deliver`, for a page of history; answers how many of its messages were not there before. */
  deliverPage(call: InboundCall & Required<Pick<InboundCall, 'history'>>): Promise<number> {
    return this.#enter(call);
  }

  #enter(call: InboundCall): Promise<number> {
    if (this.isFull()) {
      return Promise.reject(new AdapterError('temporary', 'the disk is almost full', { retryAfterMs: 10_000 }));
    }
    if (this.#waitingEvents > MAX_WAITING_EVENTS) {
      return Promise.reject(
        new AdapterError('temporary', 'too many events are waiting to be stored', { retryAfterMs: 1000 }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waitingEvents += call.events.length;
      const lane = this.#lanes[laneOf(call.account.userId)]!;
      // What can be done of it is done while a commit is under way, so that the next one need not wait for it.
      const plain = isPlain(call);
      const rows = plain ? this.#places.rowsKnown(call) : undefined;
      lane.queue.push({ ...call, isPlain: plain, rows, resolve, reject });
      if (!lane.running) void this.#run(lane);
    });
  }

  /** Stores one call by itself; what is wrong with it is thrown, and nothing is set aside. */
  async again(call: InboundCall): Promise<void> {
    const { settled } = await this.store.storeCall(call);
    this.#forgetChats(call);
    this.events.stored(call.account.userId, settled);
  }

  /** Chats or buddies were merged, renamed, accepted or removed. */
  forget(): void {
    this.#places.forget();
  }

  async #run(lane: Lane): Promise<void> {
    lane.running = true;
    try {
      while (lane.queue.length > 0) {
        const calls = this.#take(lane.queue);
        const begun = this.clock?.now() ?? 0;
        if (calls[0]!.isPlain) await this.#storePlain(calls);
        else await this.#storeSingle(calls[0]!);
        if (isShared(calls)) await this.#pace(begun);
      }
    } finally {
      lane.running = false;
    }
  }

  /** A clock that was set back makes nobody wait for longer. */
  async #pace(begun: number): Promise<void> {
    const { clock } = this;
    if (!clock) return;
    const left = PACE.ms - Math.max(0, clock.now() - begun);
    if (left > 0) await pause(clock, left);
  }

  /** The longest run of plain calls within the batch size, or the one call that is not plain. */
  #take(queue: Waiting[]): Waiting[] {
    let taken = 0;
    let events = 0;
    while (queue[taken]?.isPlain) {
      events += queue[taken]!.events.length;
      if (taken > 0 && events > BATCH) break;
      taken += 1;
    }
    const calls = queue.splice(0, Math.max(taken, 1));
    for (const call of calls) this.#waitingEvents -= call.events.length;
    return calls;
  }

  /** Answers whether all of it was taken. */
  async #storePlain(calls: Waiting[]): Promise<boolean> {
    try {
      const rows: InboundRow[] = [];
      for (const call of calls) rows.push(...(await this.#places.rows(call)));
      const doubtful = rows.filter((row) => row.meets);
      if (doubtful.length > 0 && (await this.store.isAwaited(doubtful))) throw new NotPlain();
      const cursors = calls.map((call) => ({ accountId: call.account.id, cursor: call.cursor }));
      const committed = await this.store.storeBatch(rows, cursors);
      for (const result of committed) this.events.committed(result);
      for (const call of calls) call.resolve(0);
      return true;
    } catch (error) {
      if (!(error instanceof NotPlain)) this.forget();
      else if (calls.length === 1) return this.#storeSingle(calls[0]!);
      const fenced = error instanceof FencedError;
      if (isOutage(error) || (fenced && calls.length === 1)) return this.#refuse(calls, error);
      if (calls.length === 1) return this.#storeSingle(calls[0]!);
      return this.#storeEach(calls);
    }
  }

  async #storeEach(calls: Waiting[]): Promise<boolean> {
    const refused = new Set<string>();
    for (const call of calls) {
      if (refused.has(call.account.id)) this.#reject([call], new Error('what came before it was refused'));
      else if (!(await this.#storePlain([call]))) refused.add(call.account.id);
    }
    return refused.size === 0;
  }

  async #storeSingle(call: Waiting): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { settled, added } = await this.store.storeCall(call);
        this.#forgetChats(call);
        this.events.stored(call.account.userId, settled);
        call.resolve(added);
        return true;
      } catch (error) {
        if (isOutage(error) || error instanceof FencedError) return this.#refuse([call], error);
        if (attempt >= POISON_TRIES) return this.#isolate(call, error);
      }
    }
  }

  /** What the call may have changed of its chats is looked up anew. */
  #forgetChats({ account, events }: InboundCall): void {
    for (const event of events) {
      if (event.type === 'chat' || (event.type === 'message' && event.unreadable !== undefined))
        this.#places.forgetChat(account, event.chat);
      else if (event.type === 'message' && event.thread !== undefined) this.#places.nowDelicate(account, event.chat);
    }
  }

  /** Finds the event that cannot be stored, sets it aside where a person sees it, and goes on with the rest. */
  async #isolate(call: Waiting, cause: unknown): Promise<boolean> {
    this.log.warn('an event could not be stored', { accountId: call.account.id, error: errorText(cause) });
    let count = 0;
    try {
      for (const [index, event] of call.events.entries()) {
        const cursor = index === call.events.length - 1 ? call.cursor : undefined;
        try {
          const { settled, added } = await this.store.storeCall({ account: call.account, events: [event], cursor });
          count += added;
          this.events.stored(call.account.userId, settled);
        } catch (error) {
          if (isOutage(error) || error instanceof FencedError) throw error;
          await this.store.quarantine(call.account, event, cursor, error);
          this.events.stored(call.account.userId, []);
        }
      }
      if (call.history) await this.store.storeCall({ account: call.account, events: [], history: call.history });
      this.#forgetChats(call);
      call.resolve(count);
      return true;
    } catch (error) {
      return this.#refuse([call], error);
    }
  }

  #refuse(calls: Waiting[], cause: unknown): false {
    const accounts = new Set(calls.map(({ account }) => account.id));
    const behind = this.#lanes.flatMap((lane) => {
      const { refused = [], others = [] } = Object.groupBy(lane.queue, ({ account }) =>
        accounts.has(account.id) ? 'refused' : 'others',
      );
      lane.queue = others;
      return refused;
    });
    for (const { events } of behind) this.#waitingEvents -= events.length;
    this.#reject([...calls, ...behind], cause);
    return false;
  }

  #reject(calls: Waiting[], cause: unknown): void {
    const error = new AdapterError('temporary', 'the database is away', { retryAfterMs: 1000, cause });
    for (const call of calls) call.reject(error);
  }
}

function isShared(calls: readonly Waiting[]): boolean {
  const events = calls.reduce((sum, call) => sum + call.events.length, 0);
  return events >= PACE.events && events < BATCH / 2;
}

/** Always the same for a user. Their ids end in random digits. */
const laneOf = (userId: string): number => (Number.parseInt(userId.slice(-4), 16) || 0) % LANES;

/** A message that looked plain changes what is stored: it takes the place of one, or begins a thread. */
class NotPlain extends Error {}

/** Only messages of others without files: nothing that must look at rows already stored. */
function isPlain(call: InboundCall): boolean {
  return call.history === undefined && call.events.length > 0 && call.events.every(isPlainEvent);
}

function isPlainEvent(event: Event): boolean {
  if (event.type !== 'message' || event.from === undefined) return false;
  return (event.attachments?.length ?? 0) === 0 && event.thread === undefined && event.unreadable === undefined;
}
