import { LRUCache } from 'lru-cache';
import { AdapterError, type ChatInfo, type Event, type MessageEvent } from '../../sdk/index.js';
import { newId } from '../ids.js';
import { errorText, type Log } from '../log.js';
import { cleanHtml } from './html.js';
import {
  type CachedBuddy,
  type CachedChat,
  type Committed,
  clampTime,
  cleanLine,
  cleanText,
  type InboundAccount,
  type InboundCall,
  type InboundRow,
  type InboundStore,
} from './inbound.js';

const BATCH = 500;
const MAX_WAITING_EVENTS = 20_000;
const POISON_TRIES = 3;

type Waiting = InboundCall & { resolve: (added: number) => void; reject: (error: Error) => void };
type KnownChat = CachedChat & { info: ChatInfo };

export type InboxEvents = {
  committed(result: Committed): void;
  stored(userId: string, settled: string[]): void;
};

/**
 * The one way in for what networks say. Calls of all accounts are taken in order and stored in batches: while one
 * commit is under way the next batch gathers, so latency is one commit and throughput grows with load.
 * Nothing is announced that is not committed; a call that rejects stored nothing.
 */
export class Inbox {
  #queue: Waiting[] = [];
  #waitingEvents = 0;
  #running = false;
  #chats = new LRUCache<string, KnownChat>({ max: 50_000 });
  #buddies = new LRUCache<string, CachedBuddy>({ max: 100_000 });

  constructor(
    private readonly store: InboundStore,
    private readonly events: InboxEvents,
    private readonly log: Log,
  ) {}

  /** Resolves once committed. @throws AdapterError `temporary` when storage is away or too much is waiting */
  async deliver(call: InboundCall): Promise<void> {
    await this.#enter(call);
  }

  /** As `deliver`, for a page of history; answers how many of its messages were not there before. */
  deliverPage(call: InboundCall & Required<Pick<InboundCall, 'history'>>): Promise<number> {
    return this.#enter(call);
  }

  #enter(call: InboundCall): Promise<number> {
    if (this.#waitingEvents > MAX_WAITING_EVENTS) {
      return Promise.reject(
        new AdapterError('temporary', 'too many events are waiting to be stored', { retryAfterMs: 1000 }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waitingEvents += call.events.length;
      this.#queue.push({ ...call, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  /** Chats or buddies were merged, renamed, accepted or removed. */
  forget(): void {
    this.#chats.clear();
    this.#buddies.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#queue.length > 0) {
        const calls = this.#take();
        if (calls.length > 1 || isPlain(calls[0]!)) await this.#storePlain(calls);
        else await this.#storeSingle(calls[0]!);
      }
    } finally {
      this.#running = false;
    }
  }

  /** The longest run of plain calls within the batch size, or the one call that is not plain. */
  #take(): Waiting[] {
    let taken = 0;
    let events = 0;
    while (taken < this.#queue.length && isPlain(this.#queue[taken]!)) {
      events += this.#queue[taken]!.events.length;
      if (taken > 0 && events > BATCH) break;
      taken += 1;
    }
    const calls = this.#queue.splice(0, Math.max(taken, 1));
    for (const call of calls) this.#waitingEvents -= call.events.length;
    return calls;
  }

  async #storePlain(calls: Waiting[]): Promise<void> {
    try {
      const rows: InboundRow[] = [];
      for (const call of calls) {
        for (const event of call.events) if (event.type === 'message') rows.push(await this.#row(call.account, event));
      }
      const doubtful = rows.filter((row) => row.heals);
      if (doubtful.length > 0 && (await this.store.isUnreadable(doubtful))) throw new NotPlain();
      const cursors = calls.map((call) => ({ accountId: call.account.id, cursor: call.cursor }));
      const committed = await this.store.storeBatch(rows, cursors);
      for (const result of committed) this.events.committed(result);
      for (const call of calls) call.resolve(0);
    } catch (error) {
      if (!(error instanceof NotPlain)) this.forget();
      else if (calls.length === 1) return this.#storeSingle(calls[0]!);
      if (isOutage(error)) return this.#refuse(calls, error);
      if (calls.length === 1) return this.#storeSingle(calls[0]!);
      for (const call of calls) await this.#storePlain([call]);
    }
  }

  async #row(account: InboundAccount, event: MessageEvent): Promise<InboundRow> {
    const from = event.from;
    if (from === undefined) throw new Error('a plain message has a sender');
    const chatKey = `${account.id}\n${event.chat.id}`;
    const buddyKey = `${account.id}\n${from.id}`;
    const name = cleanLine(from.name ?? from.address);
    let chat = this.#chats.get(chatKey);
    let buddy = this.#buddies.get(buddyKey);
    if (chat === undefined || !sameChat(chat.info, event.chat) || buddy === undefined || buddy.name !== name) {
      const known = await this.store.prepare(account, event.chat, from);
      chat = { ...known.chat, info: event.chat };
      buddy = { buddyId: known.buddy.buddyId, name };
      this.#chats.set(chatKey, chat);
      this.#buddies.set(buddyKey, buddy);
    }
    return {
      id: newId(),
      account,
      chatId: chat.chatId,
      remoteId: event.id,
      buddyId: buddy.buddyId,
      senderName: name,
      text: cleanText(event.text),
      html: event.html === undefined ? null : cleanHtml(event.html),
      format: event.format,
      sentAt: clampTime(event.at, Date.now()),
      replyToRemote: event.replyTo ?? null,
      counts: event.backfill !== true && !chat.declined,
      heals: chat.unreadable,
    };
  }

  async #storeSingle(call: Waiting): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { settled, added } = await this.store.storeCall(call);
        this.#forgetChats(call);
        this.events.stored(call.account.userId, settled);
        return call.resolve(added);
      } catch (error) {
        if (isOutage(error)) return this.#refuse([call], error);
        if (attempt >= POISON_TRIES) return this.#isolate(call, error);
      }
    }
  }

  /** What the call may have changed of its chats is looked up anew. */
  #forgetChats({ account, events }: InboundCall): void {
    for (const event of events) {
      const changes = event.type === 'chat' || (event.type === 'message' && event.unreadable !== undefined);
      if (changes) this.#chats.delete(`${account.id}\n${event.chat.id}`);
    }
  }

  /** Finds the event that cannot be stored, sets it aside where a person sees it, and goes on with the rest. */
  async #isolate(call: Waiting, cause: unknown): Promise<void> {
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
          if (isOutage(error)) throw error;
          await this.store.quarantine(call.account, event, cursor, errorText(error));
          this.events.stored(call.account.userId, []);
        }
      }
      if (call.history) await this.store.storeCall({ account: call.account, events: [], history: call.history });
      this.#forgetChats(call);
      call.resolve(count);
    } catch (error) {
      this.#refuse([call], error);
    }
  }

  #refuse(calls: Waiting[], cause: unknown): void {
    const error = new AdapterError('temporary', 'the database is away', { retryAfterMs: 1000, cause });
    for (const call of calls) call.reject(error);
  }
}

/** A message that looked plain takes the place of one that is stored. */
class NotPlain extends Error {}

/** Only messages of others without files: nothing that must look at rows already stored. */
function isPlain(call: InboundCall): boolean {
  return call.history === undefined && call.events.length > 0 && call.events.every(isPlainEvent);
}

function isPlainEvent(event: Event): boolean {
  if (event.type !== 'message' || event.from === undefined) return false;
  return (event.attachments?.length ?? 0) === 0 && event.thread === undefined && event.unreadable === undefined;
}

/** Whether a message says nothing of its chat that the one before did not. */
function sameChat(known: ChatInfo, said: ChatInfo): boolean {
  return (
    known === said ||
    (known.name === said.name &&
      known.topic === said.topic &&
      known.subject === said.subject &&
      known.encrypted === said.encrypted &&
      known.memberCount === said.memberCount)
  );
}

const OUTAGE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
]);

/** The database, not the event, is the trouble (SQLSTATE classes 08, 53, 57, serialization and deadlock of 40). */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (OUTAGE.has(code) || /^(08|40|53|57)/.test(code)) return true;
  return /terminat|timeout|Connection|connect/i.test(error.message) && !/^(22|23)/.test(code);
}
