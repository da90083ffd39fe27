import { AdapterError, type Event, type Host, type Json, limits } from '../../sdk/index.js';

const batch = 500;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

type Waiting = { event: Event; cursor: Json | undefined };

/**
 * Hands events to the host in order: the first at once, those that come while a call is under way together. What
 * storage does not take is offered again; past `limits.pendingEvents` reading stops until there is room.
 */
export class Pump {
  #events: Waiting[] = [];
  #askedMs = 0;
  #room: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #full = false;
  #stopped = false;
  #wake: (() => void) | undefined;

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
    this.#running ??= this.#run();
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
    if (!this.#wake) await Promise.race([this.#running, late]);
    this.#stopped = true;
    this.#events = [];
    this.#wakeWaiting();
    this.#wake?.();
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    try {
      for (let waitMs = firstWaitMs; this.#events.length > 0 && !this.#stopped; ) {
        const held = this.#events.slice(0, batch);
        if (await this.#deliver(held)) {
          this.#events.splice(0, held.length);
          this.#wakeWaiting();
          this.#setFull(this.#events.length >= limits.pendingEvents);
          waitMs = firstWaitMs;
        } else if (this.#stopped || this.host.signal.aborted) return;
        else {
          this.host.log.warn('events could not be stored yet', { count: this.#events.length });
          await this.#wait(Math.min(longestWaitMs, Math.max(this.#askedMs, waitMs)));
          waitMs = Math.min(longestWaitMs, waitMs * 2);
        }
      }
    } finally {
      // In the same turn as the last look at what waits, so that nothing is overlooked between.
      this.#running = undefined;
    }
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

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.host.clock.after(ms, () => this.#wake?.());
      this.#wake = () => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
    });
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
