import { type Clock, errorText, type Log } from './log.js';

export type Chore = { name: string; run(): Promise<void> };

const EVERY_MS = 10 * 60_000;

/** What has to be done from time to time and is nobody's turn: one after the other, again after a pause. */
export class Chores {
  #stopped = false;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly chores: readonly Chore[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#running = this.#round().then(() => {
      if (!this.#stopped) this.#cancel = this.clock.after(EVERY_MS, () => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #round(): Promise<void> {
    for (const { name, run } of this.chores) {
      if (this.#stopped) return;
      await run().catch((error) => this.log.warn('a chore failed', { chore: name, error: errorText(error) }));
    }
  }
}
