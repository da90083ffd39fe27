import { AdapterError, type Event, type Host, type Json, limits } from '../../sdk/index.js';

const batch = 200;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** What one stanza says. */
export type Item = {
  /** Known at once, or after something has been fetched; never rejects. */
  events: Event[] | Promise<Event[]>;
  /** Called as the events are stored: moves the cursor that is stored with them. */
  mark?: () => void;
  /** Called when they are stored. */
  stored?: () => void;
  /** Called instead where all is over first. */
  dropped?: () => void;
};

/**
 * Hands events to the host in order, with the cursor they move: the first at once, those that come while a call is under
 * way together. What storage does not take is offered again; when too much waits, reading stops until there is room.
 */
export class Pump {
  readonly #items: Item[] = [];
  #running: Promise<void> | undefined;
  #full = false;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly host: Host,
    private readonly cursor: () => Json,
    /** Whether to stop reading. */
    private readonly onFull: (full: boolean) => void,
    private readonly onStored: (events: Event[]) => void,
  ) {}

  get full(): boolean {
    return this.#full;
  }

  /** Whether it is taken: not once all is over. */
  push(item: Item): boolean {
    if (this.#stopped) return false;
    if (
      this.#items.length === 0 &&
      !this.#running &&
      Array.isArray(item.events) &&
      item.events.length === 0 &&
      !item.mark
    ) {
      item.stored?.();
      return true;
    }
    this.#items.push(item);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#setFull(this.#items.length >= limits.pendingEvents / 2);
    return true;
  }

  /** Gives what is still held `graceMs`; resolves when no call is under way any more, or after that time. */
  async stop(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    if (!this.#wake) await Promise.race([this.#running, late]);
    this.#stopped = true;
    for (const { dropped } of this.#items.splice(0)) dropped?.();
    this.#wake?.();
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#items.length > 0 && !this.#stopped) {
      const { events, taken } = await this.#next();
      if (this.#stopped) return;
      const marks = taken.flatMap(({ mark }) => (mark ? [mark] : []));
      for (const mark of marks) mark();
      if (!(await this.#store(events, marks.length > 0))) return;
      this.#items.splice(0, taken.length);
      this.onStored(events);
      for (const { stored } of taken) stored?.();
      this.#setFull(this.#items.length >= limits.pendingEvents / 2);
    }
  }

  /** The first item, and those after it that are known already, as far as one call takes them. */
  async #next(): Promise<{ events: Event[]; taken: Item[] }> {
    const taken: Item[] = [];
    const events: Event[] = [];
    for (const item of this.#items) {
      if (taken.length > 0 && !Array.isArray(item.events)) break;
      const more = Array.isArray(item.events) ? item.events : await item.events;
      if (taken.length > 0 && events.length + more.length > batch) break;
      taken.push(item);
      events.push(...more);
    }
    return { events, taken };
  }

  /** In calls of a bounded size, the cursor with the last. Whether it is stored; false only where all is over. */
  async #store(events: Event[], moved: boolean): Promise<boolean> {
    for (let at = 0; at < events.length || (at === 0 && moved); at += batch) {
      const last = at + batch >= events.length;
      if (!(await this.#deliver(events.slice(at, at + batch), moved && last))) return false;
    }
    return true;
  }

  async #deliver(events: Event[], moved: boolean): Promise<boolean> {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      try {
        await this.host.deliver(events, moved ? this.cursor() : undefined);
        return true;
      } catch (error) {
        if (this.#stopped || this.host.signal.aborted) return false;
        this.host.log.warn('events could not be stored yet', { count: events.length });
        const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
        await this.#wait(Math.min(longestWaitMs, Math.max(asked, waitMs)));
        if (this.#stopped) return false;
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
