import { type Clock, errorText, type Log } from '../log.js';
import { type LaneLimits, Lanes, type Place } from './lanes.js';

/**
 * Chats drained at once. A network that hangs must not hold every worker, nor may a user with many accounts; and what
 * goes in bulk leaves places for what people wait for.
 */
const LIMITS: LaneLimits = {
  account: { all: 8, bulk: 6 },
  user: { all: 16, bulk: 12 },
  total: { all: 50, bulk: 36 },
  waiting: 1_000,
};
/** Chats of an account that can wait for their turn here. */
export const MOST_WAITING = LIMITS.waiting;
/** A lane that ran dry is filled again from the database, but no more often than this. */
const REFILL_MS = 500;

type Work = {
  /** Does what the chat has to do now. */
  drain(place: Place): Promise<void>;
  /** Brings more of the account from the database. */
  fill(accountId: string): Promise<void>;
};

/** Runs chats in their turn, and knows what is under way. */
export class Turns {
  readonly #lanes = new Lanes(LIMITS);
  readonly #running = new Set<Promise<void>>();
  /** Chats under way; true where there was more to do meanwhile, perhaps after the last look. */
  readonly #inHand = new Map<string, boolean>();
  /** Accounts that are looked at again then. */
  readonly #wakes = new Map<string, () => void>();
  #stopped = false;

  constructor(
    private readonly work: Work,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Resolves when the chat's turn is over, at once where it is under way; with false where it has to wait for it. */
  async take(place: Place): Promise<boolean> {
    if (this.#stopped) return false;
    if (this.#goesOn(place)) return true;
    if (!this.#lanes.enter(place, this.clock.now())) return false;
    await this.#run(place);
    return true;
  }

  /** Whoever has the chat in hand looks once more. */
  #goesOn({ chatId }: Place): boolean {
    if (!this.#inHand.has(chatId)) return false;
    this.#inHand.set(chatId, true);
    return true;
  }

  admit(place: Place): void {
    void this.track(this.take(place), { chatId: place.chatId });
  }

  /** Never rejects: the sweep looks again. */
  track(doing: Promise<unknown>, about: Record<string, string>): Promise<void> {
    const work = doing
      .then(
        () => undefined,
        (error) => this.log.warn('a chat could not be drained', { ...about, error: errorText(error) }),
      )
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** The chat has to wait, as the first of its account; nothing of that begins before then. */
  wait(place: Place, until: number): void {
    const { accountId } = place;
    this.#lanes.putBack(place);
    const at = this.#lanes.pause(accountId, until);
    this.#wakes.get(accountId)?.();
    const wake = this.clock.after(Math.max(1, at - this.clock.now()), () => {
      this.#wakes.delete(accountId);
      this.#next();
    });
    this.#wakes.set(accountId, wake);
  }

  /** What the account waited for is over. */
  resume(accountId: string): void {
    this.#lanes.resume(accountId);
  }

  /** The account has more in the database than found room here. */
  miss(accountId: string): void {
    this.#lanes.miss(accountId);
  }

  /** Nothing begins any more; answers when all that is under way has ended. */
  stop(): Promise<unknown> {
    this.#stopped = true;
    for (const cancel of this.#wakes.values()) cancel();
    return Promise.allSettled(this.#running);
  }

  /** It leaves its place to the next whatever comes. */
  async #run(place: Place): Promise<void> {
    try {
      if (!this.#goesOn(place)) await this.#drain(place);
    } finally {
      this.#lanes.leave(place);
      this.#next();
    }
  }

  async #drain(place: Place): Promise<void> {
    const { chatId } = place;
    try {
      do {
        this.#inHand.set(chatId, false);
        await this.work.drain(place);
      } while (!this.#stopped && this.#inHand.get(chatId));
    } finally {
      this.#inHand.delete(chatId);
    }
  }

  #next(): void {
    if (this.#stopped) return;
    const now = this.clock.now();
    for (let place = this.#lanes.next(now); place; place = this.#lanes.next(now))
      void this.track(this.#run(place), { chatId: place.chatId });
    for (const accountId of this.#lanes.dry(now))
      this.clock.after(REFILL_MS, () => void this.track(this.work.fill(accountId), { accountId }));
  }
}
