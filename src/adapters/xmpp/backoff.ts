const firstMs = 1_000;
const lastMs = 5 * 60_000;

/** Jittered exponential waiting times, 1 s to 5 min, without end. */
export class Backoff {
  #attempt = 0;

  /** `leastMs`: what the server asked for, by the reason it gave. */
  next(leastMs = 0, chance = Math.random()): number {
    const full = Math.min(lastMs, Math.max(leastMs, firstMs * 2 ** Math.min(this.#attempt++, 20)));
    return Math.round(full * (0.75 + chance * 0.25));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
