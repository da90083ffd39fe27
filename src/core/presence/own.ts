import type { PresenceState } from '../../sdk/index.js';
import { isConnected, limited } from '../accounts/ask.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import { type Clock, errorText, type Log } from '../log.js';

export type OwnPresence = { state: Exclude<PresenceState, 'unknown'>; note?: string };

/** What a user wants to be seen as: by all, and by the audiences that see something else. */
export type Wanted = {
  everybody: OwnPresence;
  audiences: { name: string; presence: OwnPresence; buddies: string[] }[];
};

export interface OwnPresenceStore {
  /** As one account's network is to be told; the audiences' buddies are that account's, by remote id. */
  wanted(userId: string, accountId: string): Promise<Wanted | undefined>;
}

const LIMIT_MS = 10_000;

/**
 * Tells the networks what the user wants to be seen as: each account after it came online, and all when it changes. What
 * is stored is the truth, so a restart tells it again. Best effort: trouble shows in the accounts' states.
 */
export class PresenceOut {
  /** Accounts that are being told, and what is to be told after that. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #online = new WeakSet<Live>();
  /** Connections that were told something: a plain "online" goes without saying only to the others. */
  readonly #told = new WeakSet<Live>();

  constructor(
    private readonly supervisor: Supervisor,
    private readonly store: OwnPresenceStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    supervisor.onState((live) => {
      const online = live.state.is === 'online';
      if (online && !this.#online.has(live)) void this.#queue(live, undefined);
      if (online) this.#online.add(live);
      else if (live.state.is !== 'backfilling') this.#online.delete(live);
    });
  }

  /**
   * The user's presence changed for all, or for one audience. Telling all overwrites what audiences saw, so they are told
   * theirs again.
   */
  async publish(userId: string, audience?: string): Promise<void> {
    const own = this.supervisor.all().filter((live) => live.account.userId === userId && isConnected(live));
    await Promise.all(own.map((live) => this.#queue(live, audience)));
  }

  /** One account is told one thing after the other. */
  #queue(live: Live, audience: string | undefined): Promise<void> {
    if (!live.connection.presence) return Promise.resolve();
    const { id } = live.account;
    const turn = (this.#turns.get(id) ?? Promise.resolve())
      .then(() => this.#tell(live, audience))
      .catch((error) => this.log.info('presence was not told', { accountId: id, error: errorText(error) }))
      .finally(() => {
        if (this.#turns.get(id) === turn) this.#turns.delete(id);
      });
    this.#turns.set(id, turn);
    return turn;
  }

  async #tell(live: Live, only: string | undefined): Promise<void> {
    const wanted = isConnected(live) ? await this.store.wanted(live.account.userId, live.account.id) : undefined;
    if (!wanted) return;
    const { everybody } = wanted;
    const said = this.#told.has(live) || everybody.state !== 'online' || everybody.note !== undefined;
    if (only === undefined && said) await this.#say(live, everybody);
    for (const { name, presence, buddies } of wanted.audiences) {
      if (buddies.length > 0 && (only === undefined || only === name)) await this.#say(live, presence, buddies);
    }
  }

  async #say(live: Live, presence: OwnPresence, to?: string[]): Promise<void> {
    if (!isConnected(live)) return;
    this.#told.add(live);
    await limited(this.clock, () => live.connection.presence?.(presence, to), LIMIT_MS);
  }
}
