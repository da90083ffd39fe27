import { AdapterError, type Event, type Host, limits } from '../../sdk/index.js';

const batch = 500;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Hands events to the host in order: the first at once, those that come while a call is under way together. What
 * storage does not take is offered again; past `limits.pendingEvents` reading stops until there is room.
 */
export class Pump {
  #events: Event[] = [];
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

  push(...events: Event[]): void {
    if (this.#stopped || events.length === 0) return;
    for (const event of events) this.#events.push(event);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#setFull(this.#events.length >= limits.pendingEvents);
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
    this.#wake?.();
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    for (let waitMs = firstWaitMs; this.#events.length > 0 && !this.#stopped; ) {
      const events = this.#events.slice(0, batch);
      try {
        await this.host.deliver(events);
        this.#events.splice(0, events.length);
        this.#setFull(this.#events.length >= limits.pendingEvents);
        waitMs = firstWaitMs;
      } catch (error) {
        if (this.#stopped || this.host.signal.aborted) return;
        this.host.log.warn('events could not be stored yet', { count: this.#events.length });
        const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
        await this.#wait(Math.min(longestWaitMs, Math.max(asked, waitMs)));
        waitMs = Math.min(longestWaitMs, waitMs * 2);
      }
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

  #setFull(full: boolean): void {
    if (full === this.#full) return;
    this.#full = full;
    this.onFull(full);
  }
}
