import type { Clock } from '../../sdk/index.js';
import type { Flow } from './flood.js';

/** A token bucket: a burst at once, then so many a second. Counts by timers, so a clock that is set changes nothing. */
export class Pacer {
  #flow: Flow;
  #tokens: number;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly clock: Clock,
    flow: Flow,
    private readonly onToken: () => void,
  ) {
    this.#flow = flow;
    this.#tokens = flow.burst;
  }

  get flow(): Flow {
    return this.#flow;
  }

  /** From now on. */
  set flow(flow: Flow) {
    this.#flow = flow;
    this.#tokens = Math.min(this.#tokens, flow.burst);
  }

  /** Takes a token where there is one; else `onToken` is called when there is. `spare`: only if others are left. */
  take(spare = 0): boolean {
    if (this.#stopped) return false;
    this.#refill();
    if (this.#tokens <= spare) return false;
    this.#tokens -= 1;
    return true;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopped = true;
  }

  #refill(): void {
    this.#cancel ??= this.clock.after(1000 / this.#flow.perSecond, () => {
      this.#cancel = undefined;
      this.#tokens += 1;
      if (this.#tokens < this.#flow.burst) this.#refill();
      this.onToken();
    });
  }
}
