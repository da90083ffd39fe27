const firstMs = 2_000;
const lastMs = 5 * 60_000;

/** Jittered exponential waiting times, 2 s to 5 min, without end. */
export class Backoff {
  #attempt = 0;

  next(): number {
    const base = Math.min(lastMs, firstMs * 2 ** Math.min(this.#attempt++, 20));
    return Math.round(Math.min(lastMs, base * (0.8 + Math.random() * 0.4)));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
