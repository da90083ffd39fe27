import { isConnected } from '../accounts/ask.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import type { Clock } from '../log.js';
import type { Gate } from './gate.js';
import type { Place } from './lanes.js';
import type { DeliveryStore, Settled } from './queue.js';

/** A connection that comes back sooner sends what waits by itself. */
const AWAY_MS = 30_000;
/** Deliveries of one transaction. */
const BATCH = 50;

export type Moved = { settled: Settled[]; places: Place[] };

/** Accounts that cannot send, and who sends in their place. */
export class Relief {
  /** Since when accounts are not connected. */
  readonly #away = new Map<string, number>();
  readonly #under = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();

  constructor(
    private readonly store: DeliveryStore,
    private readonly supervisor: Supervisor,
    private readonly gate: Gate,
    private readonly clock: Clock,
    private readonly moved: (moved: Moved) => Promise<void>,
  ) {}

  onState(live: Live): void {
    const { id } = live.account;
    if (live.state.is === 'stopped' || isConnected(live)) this.#away.delete(id);
    else if (!this.#away.has(id)) this.#away.set(id, this.clock.now());
  }

  /** Gives what is due of an account that is given a rest, or has been away for a while, to its standby. */
  async sweep(): Promise<void> {
    for (const { accountId, why } of await this.store.inNeed()) {
      const rest = this.gate.resting(accountId, this.clock.now());
      if (rest) await this.relieve(accountId, rest.why);
      else if (!this.#isConnected(accountId) && this.#awayFor(accountId) > AWAY_MS)
        await this.relieve(accountId, why ?? 'it is not connected');
    }
  }

  /** Calls that come while one is under way are one more call after it. */
  relieve(accountId: string, why: string): Promise<void> {
    const under = this.#under.get(accountId);
    if (under) {
      this.#again.add(accountId);
      return under;
    }
    const work = this.#relieve(accountId, why).finally(() => this.#under.delete(accountId));
    this.#under.set(accountId, work);
    return work;
  }

  async #relieve(accountId: string, why: string): Promise<void> {
    do {
      this.#again.delete(accountId);
      for (const standbyId of await this.store.standbysOf(accountId)) {
        if (!this.#canSend(standbyId)) continue;
        for (let full = true; full; ) {
          const moved = await this.store.takeOver({ accountId, standbyId, why }, BATCH);
          if (moved.settled.length > 0) await this.moved(moved);
          full = moved.settled.length === BATCH && this.#canSend(standbyId);
        }
      }
    } while (this.#again.has(accountId));
  }

  #canSend(accountId: string): boolean {
    return this.#isConnected(accountId) && this.gate.resting(accountId, this.clock.now()) === undefined;
  }

  #isConnected(accountId: string): boolean {
    return isConnected(this.supervisor.get(accountId));
  }

  #awayFor(accountId: string): number {
    const now = this.clock.now();
    const since = this.#away.get(accountId) ?? now;
    this.#away.set(accountId, since);
    return now - since;
  }
}
