import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../index.js';

type Timer = { at: number; fn: () => void; real: NodeJS.Timeout | undefined };

/** A clock that runs and can be put forward: sockets take their time, a backoff of five minutes does not. */
export class RunningClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return Date.now() + this.#ahead;
  }

  after(ms: number, fn: () => void): () => void {
    const timer: Timer = { at: this.now() + ms, fn: AsyncResource.bind(fn), real: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      clearTimeout(timer.real);
      this.#timers.delete(timer);
    };
  }

  /** Timers that have not fired; a stopped connection leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Puts the clock forward by `ms`, firing what falls due in order; timers set meanwhile count too. */
  skip(ms: number): void {
    const end = this.now() + ms;
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#ahead += Math.max(0, next.at - this.now());
      this.#fire(next);
    }
    this.#ahead += Math.max(0, end - this.now());
    for (const timer of this.#timers) this.#arm(timer);
  }

  skipTo(time: number): void {
    this.skip(Math.max(0, time - this.now()));
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.real);
    timer.real = setTimeout(() => this.#fire(timer), Math.max(0, timer.at - this.now()));
  }

  #fire(timer: Timer): void {
    clearTimeout(timer.real);
    if (this.#timers.delete(timer)) timer.fn();
  }
}
