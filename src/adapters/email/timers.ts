import type { Clock } from '../../sdk/index.js';

const answerMs = 20_000;

/** The timers of one connection: all can be ended at once. */
export class Timers {
  readonly #running = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  after(ms: number, fn: () => void): () => void {
    const cancel = this.clock.after(ms, () => {
      this.#running.delete(cancel);
      fn();
    });
    this.#running.add(cancel);
    return () => {
      cancel();
      this.#running.delete(cancel);
    };
  }

  /** Fails with `ETIMEDOUT` where the work is not done in time; the work itself goes on. */
  async within<T>(work: Promise<T>, ms = answerMs): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.after(ms, () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      cancel();
      work.catch(() => {});
    }
  }

  clear(): void {
    for (const cancel of this.#running) cancel();
    this.#running.clear();
  }
}
