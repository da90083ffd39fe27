import type { Clock } from '../../sdk/index.js';

const failuresToOpen = 3;
const openMs = 60_000;

/** Keeps a gateway that failed several times in a row out of use for a while; then one try decides anew. */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #openUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get closed(): boolean {
    return this.#clock.now() >= this.#openUntil;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures >= failuresToOpen) this.#openUntil = this.#clock.now() + openMs;
  }
}
