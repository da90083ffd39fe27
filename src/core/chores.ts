import { type Clock, errorText, type Log } from './log.js';

export type Chore = { name: string; run(): Promise<void> };

const EVERY_MS = 10 * 60_000;
/** Where another process does them, it is looked this often whether it still does. */
const LOOK_MS = 10_000;

/** What has to be done from time to time and is nobody's turn: one after the other, again after a pause. */
export class Chores {
  #stopped = false;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly chores: readonly Chore[],
    private readonly clock: Clock,
    private readonly log: Log,
    /** Whether they are this process's to do; of several, one is enough. */
    private readonly isOurs: () => Promise<boolean> = async () => true,
  ) {}

  start(): void {
    this.#running = this.#round().then((pause) => {
      if (!this.#stopped) this.#cancel = this.clock.after(pause, () => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** Answers when to look again, in ms. */
  async #round(): Promise<number> {
    if (!(await this.isOurs().catch(() => false))) return LOOK_MS;
    this.log.debug('the chores are ours', {});
    for (const { name, run } of this.chores) {
      if (this.#stopped) return EVERY_MS;
      await run().catch((error) => this.log.warn('a chore failed', { chore: name, error: errorText(error) }));
    }
    return EVERY_MS;
  }
}
