import { type Clock, errorText, type Log } from '../log.js';
import { pause } from '../patience.js';
import { type Member, nextMove } from './balance.js';

/** What the nodes of one database know of each other, in that database. */
export interface NodeStore {
  /** This node lives, from now on anew: nothing is held by it. */
  join(): Promise<void>;
  /** Its heart beats. False where others took it for dead: they have freed its users, and it must join again. */
  beat(): Promise<boolean>;
  /** Takes nodes that were silent for `DEAD_MS` for dead and frees their users, in one step that no beat comes between. */
  bury(): Promise<string[]>;
  look(): Promise<{ connectors: Member[]; nodes: string[]; free: number }>;
  /** At most so many of the users nobody holds. */
  take(most: number): Promise<string[]>;
  /** Those it holds, by the database. */
  mine(): Promise<string[]>;
  free(userIds: readonly string[]): Promise<void>;
  /** Nothing is held by it any more, and it is no node. */
  leave(): Promise<void>;
}

export type HoldingEvents = {
  /** These users are this node's now. A rejection is tried again as long as they are. */
  gained(userIds: readonly string[]): Promise<void>;
  /**
   * They are no longer: resolves when nothing of theirs is connected. Handed over, what is being sent may end first; late,
   * another node may have them already.
   */
  lost(userIds: readonly string[], how: 'handed over' | 'late'): Promise<void>;
  /** There are users nobody holds. A call that is lost is no harm. */
  freed(): void;
  /** Nodes that were there and are not. */
  gone(nodeIds: readonly string[]): void;
};

/** By the clock of the database: a node silent for so long is dead. */
export const DEAD_MS = 10_000;
/** By its own clock, from before the beat was sent: so long it may act for its users. The rest is time to hang up. */
export const LEASE_MS = 6_000;
const BEAT_MS = 2_000;
const LOOK_MS = 1_000;
/** After a lapse the others get to say first that they live. */
const AFTER_LAPSE_MS = 4_000;
const AGAIN_MS = 1_000;
/** Taken in one go; more in the next. */
const MOST_TAKEN = 2_000;
const MOST_RELEASED_AT_ONCE = 8;

/**
 * Which users this node holds. Two promises: whoever holds a user is said by the row of the user, and every write asks
 * that; and a node whose heart did not reach the database for `LEASE_MS` acts no more, by a clock that only goes forward.
 */
export class Holding {
  readonly #held = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #stop = new AbortController();
  #validUntil = Number.NEGATIVE_INFINITY;
  /** Before, nobody is taken for dead. */
  #patientUntil = Number.NEGATIVE_INFINITY;
  #lapsed = false;
  #known: string[] = [];
  #cancelDeadline = () => {};
  #wake = () => {};
  #loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: NodeStore,
    private readonly events: HoldingEvents,
    private readonly takes: boolean,
    private readonly me: string,
    private readonly clock: Clock,
    /** Milliseconds of a clock that is never set. */
    private readonly monotonic: () => number,
    private readonly log: Log,
  ) {}

  /** Whether this node may act for its users. */
  get isValid(): boolean {
    return this.monotonic() < this.#validUntil;
  }

  holds(userId: string): boolean {
    return this.isValid && this.#held.has(userId) && !this.#leaving.has(userId);
  }

  /** Resolves once the node is known to the others, and has taken what nobody holds. */
  async start(): Promise<void> {
    await this.#beat(() => this.store.join().then(() => true));
    await this.#look();
    this.#loops = Promise.all([
      this.#loop(
        () => pause(this.clock, BEAT_MS, this.#stop.signal),
        () => this.#beat(() => this.store.beat()),
      ),
      this.#loop(
        () => this.#rest(),
        () => this.#look(),
      ),
    ]);
  }

  /** Something may have changed: looks now. */
  ring(): void {
    this.#wake();
  }

  /** Call it when nothing is connected any more: the others take the users at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancelDeadline();
    this.#wake();
    await this.#loops;
    await this.store.leave();
    this.events.freed();
  }

  async #beat(beat: () => Promise<boolean>): Promise<void> {
    const sentAt = this.monotonic();
    const lives = await beat();
    if (!lives) {
      this.log.warn('the others took this node for dead; it begins anew');
      await this.#drop();
      return this.#beat(() => this.store.join().then(() => true));
    }
    this.#validUntil = sentAt + LEASE_MS;
    this.#awaitDeadline();
    if (!this.isValid) return;
    if (this.#lapsed) await this.#resume();
  }

  #awaitDeadline(): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.clock.after(Math.ceil(this.#validUntil - this.monotonic()), () => this.#deadline());
  }

  #deadline(): void {
    if (this.#stop.signal.aborted) return;
    // The two clocks are not one: a timer may be early by a moment of the other.
    if (this.isValid) this.#awaitDeadline();
    else {
      this.log.warn('the database was not reached in time; the users are let go of', { users: this.#held.size });
      void this.#drop();
    }
  }

  /** Another may have them already: their connections end. */
  async #drop(): Promise<void> {
    this.#lapsed = true;
    const users = [...this.#held];
    this.#held.clear();
    await this.#lose(users, 'late');
  }

  /** Back before anybody took it for dead: what it held it still holds. */
  async #resume(): Promise<void> {
    this.#patientUntil = this.monotonic() + AFTER_LAPSE_MS;
    const users = await this.store.mine();
    this.#lapsed = false;
    this.#gain(users.filter((id) => !this.#held.has(id)));
  }

  async #look(): Promise<void> {
    if (!this.isValid || this.#lapsed) return;
    if (this.monotonic() >= this.#patientUntil) {
      const dead = await this.store.bury();
      if (dead.length > 0) this.log.warn('nodes are silent; their users are taken over', { nodes: dead });
    }
    const { connectors, nodes, free } = await this.store.look();
    const gone = this.#known.filter((id) => !nodes.includes(id));
    this.#known = nodes;
    if (gone.length > 0) this.events.gone(gone);
    if (!this.takes || this.#stop.signal.aborted) return;
    const { take, release } = nextMove(this.me, connectors, free);
    if (take > 0) this.#gain(await this.store.take(Math.min(take, MOST_TAKEN)));
    if (release > 0) await this.#release([...this.#held].slice(-release));
  }

  #gain(users: readonly string[]): void {
    if (users.length === 0) return;
    if (!this.isValid) {
      // Taken while the lease ran out: found again when it is back.
      this.#lapsed = true;
      return;
    }
    for (const id of users) this.#held.add(id);
    void this.#begin(users);
  }

  async #begin(users: readonly string[]): Promise<void> {
    for (;;) {
      const still = users.filter((id) => this.holds(id));
      if (still.length === 0 || this.#stop.signal.aborted) return;
      try {
        return await this.events.gained(still);
      } catch (error) {
        this.log.warn('users could not be taken on', { users: still.length, error: errorText(error) });
        await pause(this.clock, AGAIN_MS, this.#stop.signal);
      }
    }
  }

  async #release(users: readonly string[]): Promise<void> {
    for (const id of users) this.#leaving.add(id);
    try {
      for (let from = 0; from < users.length && this.isValid; from += MOST_RELEASED_AT_ONCE) {
        const some = users.slice(from, from + MOST_RELEASED_AT_ONCE);
        await this.#lose(some, 'handed over');
        await this.store.free(some);
        for (const id of some) this.#held.delete(id);
        this.events.freed();
      }
    } finally {
      const kept = users.filter((id) => this.#held.has(id));
      for (const id of users) this.#leaving.delete(id);
      if (kept.length > 0) void this.#begin(kept);
    }
  }

  async #lose(users: readonly string[], how: 'handed over' | 'late'): Promise<void> {
    if (users.length === 0) return;
    await this.events
      .lost(users, how)
      .catch((error) => this.log.warn('users could not be let go of cleanly', { error: errorText(error) }));
  }

  async #loop(rest: () => Promise<unknown>, step: () => Promise<void>): Promise<void> {
    for (;;) {
      await rest();
      if (this.#stop.signal.aborted) return;
      await step().catch((error) =>
        this.log.warn('the other nodes could not be looked at', { error: errorText(error) }),
      );
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(LOOK_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
