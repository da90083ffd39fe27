import type { Place } from '../delivery/lanes.js';
import { type Clock, errorText, type Log } from '../log.js';
import type { BroadcastStore, Running } from './store.js';

/** People in one round of one broadcast. Its user's other messages come between two rounds. */
export const BATCH = 24;
/** Between two rounds in which something was made. */
const NEXT_MS = 10;
/** While there is nothing to make, or no room. */
const IDLE_MS = 250;
const COUNT_MS = 500;
/** Receipts that come when a broadcast is long over. */
const LATE_COUNT_MS = 5_000;
const AGAIN_MS = 2_000;

export type BroadcastEvents = {
  changed(userId: string): void;
  /** These chats have something to send. A lost call loses nothing. */
  ready(places: readonly Place[]): void;
};

/**
 * Makes the messages of broadcasts, a few at a time and only while few wait: so a broadcast goes as fast as its channels
 * take it, and what else its user does is not behind ten thousand messages. Users take turns. All there is to know is in
 * the database: it goes on after a restart where it was.
 */
export class BroadcastWorker {
  #stopped = false;
  readonly #wakes = new Set<() => void>();
  #working: Promise<unknown> = Promise.resolve();
  #lateCountedAt = Number.NEGATIVE_INFINITY;
  /** Whose turn comes last. */
  #lastUser = '';

  constructor(
    private readonly store: BroadcastStore,
    private readonly events: BroadcastEvents,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Numbers are counted beside the making, so that they are fresh however long a batch takes. */
  start(): void {
    this.#working = Promise.all([
      this.#loop(async () => ((await this.#round()) ? NEXT_MS : IDLE_MS)),
      this.#loop(async () => {
        await this.#count();
        return COUNT_MS;
      }),
    ]);
  }

  /** Ends after the batch that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.ring();
    await this.#working;
  }

  /** There is something to do now. */
  ring(): void {
    for (const wake of [...this.#wakes]) wake();
  }

  /** Does `step` again and again, each after the pause it answers. */
  async #loop(step: () => Promise<number>): Promise<void> {
    while (!this.#stopped) {
      const wait = await step().catch((error: unknown) => {
        this.log.warn('broadcasts could not go on', { error: errorText(error) });
        return AGAIN_MS;
      });
      if (!this.#stopped) await this.#pause(wait);
    }
  }

  /** One batch of one broadcast of each user; answers whether something was made. */
  async #round(): Promise<boolean> {
    const byUser = Map.groupBy(await this.store.running(), ({ userId }) => userId);
    const users = [...byUser.keys()];
    const first = users.indexOf(this.#lastUser) + 1;
    let made = 0;
    for (const userId of [...users.slice(first), ...users.slice(0, first)]) {
      if (this.#stopped) break;
      this.#lastUser = userId;
      made += await this.#serve(byUser.get(userId) ?? []);
    }
    return made > 0;
  }

  /** Broadcasts of one user share the user's room. */
  async #serve(broadcasts: readonly Running[]): Promise<number> {
    let made = 0;
    for (const broadcast of broadcasts) {
      if (this.#stopped) break;
      const room = Math.min(BATCH, await this.store.room(broadcast.userId));
      if (room <= 0) break;
      try {
        const batch = await this.store.make(broadcast, room);
        made += batch.made;
        if (batch.made === 0) continue;
        this.events.changed(broadcast.userId);
        this.events.ready(batch.places);
      } catch (error) {
        this.log.warn('a batch could not be made', { broadcastId: broadcast.id, error: errorText(error) });
      }
    }
    return made;
  }

  async #count(): Promise<void> {
    const now = this.clock.now();
    const late = now - this.#lateCountedAt >= LATE_COUNT_MS;
    if (late) this.#lateCountedAt = now;
    for (const userId of await this.store.endCancelled()) this.events.changed(userId);
    for (const broadcast of await this.store.counted(late)) {
      if (this.#stopped) return;
      if (await this.store.count(broadcast)) this.events.changed(broadcast.userId);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#wakes.delete(done);
        cancel();
        resolve();
      };
      const cancel = this.clock.after(ms, done);
      this.#wakes.add(done);
    });
  }
}
