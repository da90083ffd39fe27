const longestMs = 5 * 60_000;
const longestAfterSignInMs = 30_000;

/** Jittered exponential waiting times, up to five minutes, without end. */
export class Backoff {
  #attempt = 0;

  constructor(private readonly firstMs = 1_000) {}

  /** `leastMs`: what the server asked for, by the reason it gave. */
  next(leastMs = 0, chance = Math.random()): number {
    const full = Math.min(longestMs, Math.max(leastMs, this.firstMs * 2 ** Math.min(this.#attempt++, 20)));
    return Math.round(full * (0.75 + chance * 0.25));
  }

  /** We are signed in, for however short: who lets us in is there, and the next wait is half a minute at most. */
  signedIn(): void {
    const longest = Math.floor(Math.log2(longestAfterSignInMs / this.firstMs));
    this.#attempt = Math.min(this.#attempt, Math.max(0, longest));
  }

  /** It has held for a while. */
  reset(): void {
    this.#attempt = 0;
  }
}
