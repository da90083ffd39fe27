import { LRUCache } from 'lru-cache';
import { AdapterError, type Json } from '../../sdk/index.js';
import { buddyMessageId, buddyOf, chatWith } from './ids.js';
import { type Due, Memory } from './memory.js';
import type { Trouble } from './orders.js';
import { Past } from './past.js';

const heardKept = 1000;

/** What a connection is told by the network. */
export interface Wire {
  /** Something is due, now or at another time than before. */
  arrived(): void;
  lost(why: string): void;
}

/** One account as the network sees it. It outlives connections, and restarts through the account's cursor. */
export class Line {
  /** What the buddies were sent, oldest first; the newest only. */
  readonly heard: { buddy: string; text: string }[] = [];
  readonly past = new Past();
  #wire: Wire | undefined;
  #trouble: { is: Trouble; until: number } | undefined;

  constructor(
    private readonly network: Network,
    readonly name: string,
    readonly memory: Memory,
  ) {}

  /** How a new connection fares. */
  greet(wire: Wire, ticket: string, secret: string, now: number): 'welcome' | 'refused' | Trouble {
    const trouble = this.network.trouble ?? (this.#trouble && this.#trouble.until > now ? this.#trouble.is : undefined);
    if (trouble) return trouble;
    if (this.network.refusing || secret === 'wrong' || this.memory.isRevoked(ticket)) return 'refused';
    this.#wire?.lost('The account was connected from elsewhere.');
    this.#wire = wire;
    return 'welcome';
  }

  leave(wire: Wire): void {
    if (this.#wire === wire) this.#wire = undefined;
  }

  take(buddy: string, text: string): void {
    this.heard.push({ buddy, text });
    if (this.heard.length > heardKept) this.heard.shift();
  }

  /** Keeps what will be due. @throws AdapterError `rate-limited` where too much is waiting */
  add(due: readonly Due[]): void {
    if (!this.memory.add(due)) {
      throw new AdapterError('rate-limited', 'Too much is waiting in the practice network.', { retryAfterMs: 5000 });
    }
  }

  /** Tells the connection that something was added. */
  wake(): void {
    this.#wire?.arrived();
  }

  trouble(is: Trouble, until: number): void {
    this.#trouble = { is, until };
    this.cut();
  }

  cut(): void {
    const wire = this.#wire;
    this.#wire = undefined;
    wire?.lost('The practice server closed the connection.');
  }
}

/**
 * The practice network. It lives inside Parley: its buddies answer by themselves, so that there is somebody to write to
 * without a server. `say`, `cut`, `trouble` and `refusing` are for whoever plays the other side.
 */
export class Network {
  /** Wrong with the whole server, until it is undone. */
  trouble: Trouble | undefined;
  refusing = false;
  readonly #lines = new LRUCache<string, Line>({ max: 10_000 });

  /** The account's line; what was known before a restart is in `cursor`. */
  line(accountId: string, name: string, cursor: Json | undefined): Line {
    const key = JSON.stringify([accountId, name]);
    const known = this.#lines.get(key);
    if (known) return known;
    const line = new Line(this, name, Memory.from(cursor));
    this.#lines.set(key, line);
    return line;
  }

  find(name: string): Line | undefined {
    return [...this.#lines.values()].find((line) => line.name === name);
  }

  /** A buddy writes to the account, which need not be connected. */
  say(name: string, buddy: string, text: string, now: number): void {
    const line = this.find(name);
    if (!line) throw new Error(`nobody called ${name} was ever here`);
    const chat = chatWith(buddy);
    const event = {
      type: 'message',
      chat,
      id: buddyMessageId(),
      from: buddyOf(buddy),
      text,
      format: 'plain',
      at: now,
    } as const;
    line.add([{ at: now, event }]);
    line.past.keep(event);
    line.wake();
  }

  cut(): void {
    for (const line of this.#lines.values()) line.cut();
  }
}
