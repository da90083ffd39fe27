import type { Clock } from '../log.js';

/**
 * Rings for what goes out in bulk, gathered: a client that is looked at by nobody need not hear of each of ten thousand
 * messages four times. The rows are read as they are then.
 */
export class Gathered {
  readonly #waiting = new Set<string>();

  constructor(
    private readonly ring: (userId: string) => void,
    private readonly everyMs: number,
    private readonly clock: Clock,
  ) {}

  changed(userId: string): void {
    if (this.#waiting.has(userId)) return;
    this.#waiting.add(userId);
    this.clock.after(this.everyMs, () => {
      this.#waiting.delete(userId);
      this.ring(userId);
    });
  }
}
