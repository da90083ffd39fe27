import type { Clock } from '../sdk/index.js';

/**
 * Rounds of work, by key: one of each key at a time. Who rings while one is under way gets one more after it; what must
 * wait is put off, until its time has come or somebody rings. `round` tells of its own errors.
 */
export class Rounds {
  /** Keys under way, and whether there is to be one more. */
  readonly #running = new Map<string, boolean>();
  readonly #pauses = new Map<string, () => void>();
  readonly #work = new Set<Promise<void>>();
  #stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly round: (key: string) => Promise<void>,
  ) {}

  /** From here on nothing more is begun; a round under way is to look. */
  get stopped(): boolean {
    return this.#stopped;
  }

  ring(key: string): void {
    if (this.#stopped) return;
    if (this.#running.has(key)) {
      this.#running.set(key, true);
      return;
    }
    this.#unpause(key);
    const work = this.#run(key).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Calls `again` after `ms`, unless the key is rung for before. */
  putOff(key: string, ms: number, again: () => void): void {
    if (this.#stopped) return;
    this.#unpause(key);
    this.#pauses.set(
      key,
      this.clock.after(ms, () => {
        this.#pauses.delete(key);
        again();
      }),
    );
  }

  /** Resolves once no round is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#pauses.values()) cancel();
    this.#pauses.clear();
    await Promise.all(this.#work);
  }

  async #run(key: string): Promise<void> {
    try {
      do {
        this.#running.set(key, false);
        await this.round(key);
      } while (this.#running.get(key) === true && !this.#stopped);
    } finally {
      this.#running.delete(key);
    }
  }

  #unpause(key: string): void {
    this.#pauses.get(key)?.();
    this.#pauses.delete(key);
  }
}
