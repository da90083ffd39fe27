import type { Clock } from '../contract/index.js';

/** Named timers of one owner, so that none outlives it. */
export class Timers {
  readonly #running = new Map<string, () => void>();

  constructor(private readonly clock: Clock) {}

  /** Replaces the timer of the same name. */
  set(name: string, ms: number, fn: () => void): void {
    this.drop(name);
    const cancel = this.clock.after(ms, () => {
      this.#running.delete(name);
      fn();
    });
    this.#running.set(name, cancel);
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  drop(name: string): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  clear(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
  }
}
