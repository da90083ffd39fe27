import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import type { Line } from './network.js';

const batch = 200;
const retryMs = { first: 500, most: 30_000 };

/** Hands over what the network has for us, in order, and lets it forget only what is stored. */
export class Inbound {
  #cancel: (() => void) | undefined;
  #running = false;
  #open = true;
  #failures = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: Host,
    private readonly line: Line,
  ) {}

  /** Looks what is due, now or as soon as the present look is over. */
  look(): void {
    this.#cancel?.();
    if (this.#running || !this.#open) return;
    this.#running = true;
    this.#work = this.#handOver().finally(() => {
      this.#running = false;
      this.#lookLater();
    });
  }

  /** Resolves when nothing is being stored any more. */
  close(): Promise<void> {
    this.#open = false;
    this.#cancel?.();
    return this.#work;
  }

  async #handOver(): Promise<void> {
    for (;;) {
      const due = this.line.memory.dueBy(this.host.clock.now(), batch);
      if (due.length === 0 || !this.#open) return;
      const events: Event[] = due.map((one) => one.event);
      try {
        await this.host.deliver(events, this.line.memory.cursor(due));
      } catch (error) {
        const why = error instanceof AdapterError ? error.message : String(error);
        this.host.log.warn('what came could not be stored and is offered again', { why });
        this.#failures += 1;
        return;
      }
      this.#failures = 0;
      this.line.memory.remove(due);
    }
  }

  #lookLater(): void {
    const { nextAt } = this.line.memory;
    if (!this.#open || nextAt === undefined) return;
    const pause = this.#failures && Math.min(retryMs.most, retryMs.first * 2 ** Math.min(this.#failures, 10));
    const wait = Math.max(pause, nextAt - this.host.clock.now(), 0);
    this.#cancel = this.host.clock.after(wait, () => this.look());
  }
}
