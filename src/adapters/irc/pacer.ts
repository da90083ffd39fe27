import type { Clock } from '../../sdk/index.js';

const burst = 10;

/** A token bucket: ten at once, then `perSecond`. Counts by timers, so a clock that is set changes nothing. */
export class Pacer {
  #tokens = burst;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly onToken: () => void,
  ) {}

  /** Takes a token where there is one; else `onToken` is called when there is. */
  take(): boolean {
    if (this.#stopped) return false;
    this.#refill();
    if (this.#tokens === 0) return false;
    this.#tokens -= 1;
    return true;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopped = true;
  }

  #refill(): void {
    this.#cancel ??= this.clock.after(1000 / this.perSecond, () => {
      this.#cancel = undefined;
      this.#tokens += 1;
      if (this.#tokens < burst) this.#refill();
      this.onToken();
    });
  }
}
