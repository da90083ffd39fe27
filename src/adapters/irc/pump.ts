import { AdapterError, type Event, type Host, type Json, limits } from '../../sdk/index.js';

const batch = 500;
const mostCalls = 16;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

type Waiting = { event: Event; cursor: Json | undefined };
type Call = { count: number; is: 'under way' | 'stored' | 'refused' };

/**
 * Hands events to the host in order, the first at once, then what came in one turn of the loop together. A call does not
 * wait for the one before, which storage takes in order; where it refuses one it refuses those behind it, and all are offered again.
 * Past `limits.pendingEvents` reading stops until there is room.
 */
export class Pump {
  #events: Waiting[] = [];
  /** Of the first `#handed` events, in order. */
  #calls: Call[] = [];
  #handed = 0;
  #soon: NodeJS.Immediate | undefined;
  #askedMs = 0;
  #waitMs = firstWaitMs;
  /** Ends the pause after a refusal. */
  #wake: (() => void) | undefined;
  #room: (() => void)[] = [];
  #idle: (() => void)[] = [];
  #full = false;
  #stopped = false;

  constructor(
    private readonly host: Host,
    /** Whether to stop reading. */
    private readonly onFull: (full: boolean) => void,
  ) {}

  get full(): boolean {
    return this.#full;
  }

  /** `cursor`: our place in the network once all of these are stored. */
  push(events: Event[], cursor?: Json): void {
    if (this.#stopped || events.length === 0) return;
    for (const event of events) this.#events.push({ event, cursor: event === events.at(-1) ? cursor : undefined });
    if (this.#calls.length === 0 && !this.#isHeldBack()) this.#hand();
    else this.#handSoon();
    this.#setFull(this.#events.length >= limits.pendingEvents);
  }

  /** Resolves when so few events wait that a page of history can be taken on, or when all is over. */
  async room(): Promise<void> {
    while (this.#events.length > limits.pendingEvents / 4 && !this.#stopped) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  /** Gives what is still held `graceMs`; resolves when no call is under way any more, or after that time. */
  async stop(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    if (!this.#wake) await Promise.race([this.#untilIdle(), late]);
    this.#stopped = true;
    this.#events = [];
    this.#handed = 0;
    this.#wakeWaiting();
    this.#wake?.();
    await Promise.race([this.#untilIdle(), late]);
    clearTimeout(timer);
  }

  /** At the end of this turn, so that a refusal is known before the next call is made. */
  #handSoon(): void {
    if (this.#soon || this.#isHeldBack()) return;
    this.#soon = setImmediate(() => {
      this.#soon = undefined;
      if (!this.#isHeldBack()) this.#hand();
    });
  }

  /** Stopped, pausing after a refusal, or about to: then what is under way ends first. */
  #isHeldBack(): boolean {
    return this.#stopped || this.#wake !== undefined || this.#calls.some(({ is }) => is === 'refused');
  }

  #hand(): void {
    const held = this.#events.slice(this.#handed, this.#handed + batch);
    if (held.length === 0 || this.#calls.length >= mostCalls) return;
    const call: Call = { count: held.length, is: 'under way' };
    this.#calls.push(call);
    this.#handed += held.length;
    void this.#deliver(held).then((stored) => this.#onEnd(call, stored));
    if (this.#handed < this.#events.length) this.#handSoon();
  }

  #onEnd(call: Call, stored: boolean): void {
    call.is = stored ? 'stored' : 'refused';
    while (this.#calls[0]?.is === 'stored') {
      const { count } = this.#calls[0];
      this.#calls.shift();
      if (this.#stopped) continue;
      this.#events.splice(0, count);
      this.#handed -= count;
      this.#waitMs = firstWaitMs;
    }
    if (this.#calls.length > 0 && this.#calls.every(({ is }) => is !== 'under way')) this.#onRefused();
    this.#wakeWaiting();
    this.#setFull(this.#events.length >= limits.pendingEvents);
    this.#handSoon();
    if (this.#calls.length === 0 && (this.#events.length === 0 || this.#wake)) this.#tellIdle();
  }

  #onRefused(): void {
    this.#calls = [];
    this.#handed = 0;
    if (this.#stopped || this.host.signal.aborted) return;
    this.host.log.warn('events could not be stored yet', { count: this.#events.length });
    const cancel = this.host.clock.after(Math.min(longestWaitMs, Math.max(this.#askedMs, this.#waitMs)), () =>
      this.#wake?.(),
    );
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    this.#wake = () => {
      cancel();
      this.#wake = undefined;
      this.#handSoon();
    };
  }

  /** Answers whether storage has taken them. */
  async #deliver(held: Waiting[]): Promise<boolean> {
    const events = held.map((one) => one.event);
    const cursor = held.findLast((one) => one.cursor !== undefined)?.cursor;
    try {
      await (cursor === undefined ? this.host.deliver(events) : this.host.deliver(events, cursor));
      return true;
    } catch (error) {
      this.#askedMs = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      return false;
    }
  }

  /** Resolves when no call is under way, and none is to be made now. */
  async #untilIdle(): Promise<void> {
    if (this.#calls.length === 0 && this.#events.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #wakeWaiting(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }

  #setFull(full: boolean): void {
    if (full === this.#full) return;
    this.#full = full;
    this.onFull(full);
  }
}
