/** A chat with something to send. */
export type Place = {
  chatId: string;
  accountId: string;
  userId: string;
  /** One of many: goes when nobody waits for something else. */
  bulk: boolean;
  /** Something was put into its queue just now: it is taken without a look first. */
  fresh?: boolean;
};

export type LaneLimits = {
  /** Chats in hand at once, of these at most so many in bulk: there is always room for what a person waits for. */
  account: { all: number; bulk: number };
  user: { all: number; bulk: number };
  total: { all: number; bulk: number };
  /** Chats of an account that wait here, in each class. Others stay in the database until the lane runs dry. */
  waiting: number;
};

type Count = { running: number; bulk: number };
type Lane = Count & {
  userId: string;
  pausedUntil: number;
  /** In the order in which they came. */
  normal: Map<string, Place>;
  many: Map<string, Place>;
  /** Some found no room to wait. */
  missed: boolean;
};
type User = Count & { accounts: Set<string> };

/**
 * Whose turn it is. Users take turns, so do the accounts of a user; within an account what a person waits for goes before
 * what is one of many. No account, and no user, takes all there is.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** In the order of their turns. */
  readonly #users = new Map<string, User>();
  readonly #total: Count = { running: 0, bulk: 0 };

  constructor(private readonly limits: LaneLimits) {}

  /** True: it is its turn now, and `leave` is to follow. Else it waits. */
  enter(place: Place, now: number): boolean {
    const lane = this.#lane(place);
    const known = lane.normal.has(place.chatId) || lane.many.has(place.chatId);
    if (!known && this.#hasRoom(lane, place.bulk, now)) {
      this.#count(place, lane, 1);
      return true;
    }
    this.#wait(lane, place);
    return false;
  }

  leave(place: Place): void {
    const lane = this.#lane(place);
    this.#count(place, lane, -1);
    this.#forget(place.accountId, lane);
  }

  /** It left without having sent, and is the first of those that wait. */
  putBack(place: Place): void {
    const lane = this.#lane(place);
    const line = place.bulk ? lane.many : lane.normal;
    const rest = [...line.values()].filter((one) => one.chatId !== place.chatId);
    line.clear();
    for (const one of [place, ...rest]) line.set(one.chatId, one);
  }

  /** Nothing of the account begins before then, or a later time that stands already; answers which. */
  pause(accountId: string, until: number): number {
    const lane = this.#lanes.get(accountId);
    if (!lane) return until;
    lane.pausedUntil = Math.max(lane.pausedUntil, until);
    return lane.pausedUntil;
  }

  resume(accountId: string): void {
    const lane = this.#lanes.get(accountId);
    if (lane) lane.pausedUntil = 0;
  }

  /** There is more in the database than was brought here. */
  miss(accountId: string): void {
    const lane = this.#lanes.get(accountId);
    if (lane) lane.missed = true;
  }

  /** The next whose turn it is, counted as entered. */
  next(now: number): Place | undefined {
    for (const bulk of [false, true]) {
      if (!fits(this.#total, this.limits.total, bulk)) continue;
      for (const [userId, user] of this.#users) {
        if (!fits(user, this.limits.user, bulk)) continue;
        const place = this.#nextOf(user, bulk, now);
        if (place === undefined) continue;
        this.#users.delete(userId);
        this.#users.set(userId, user);
        return place;
      }
    }
    return undefined;
  }

  /** Accounts whose lane ran dry while more was in the database; each is told once. */
  dry(now: number): string[] {
    const found: string[] = [];
    for (const [accountId, lane] of this.#lanes) {
      if (!lane.missed || lane.normal.size + lane.many.size > 0 || lane.pausedUntil > now) continue;
      lane.missed = false;
      found.push(accountId);
      this.#forget(accountId, lane);
    }
    return found;
  }

  #nextOf(user: User, bulk: boolean, now: number): Place | undefined {
    for (const accountId of user.accounts) {
      const lane = this.#lanes.get(accountId);
      const place = lane && first(bulk ? lane.many : lane.normal);
      if (!lane || !place || !this.#hasRoom(lane, bulk, now)) continue;
      (bulk ? lane.many : lane.normal).delete(place.chatId);
      user.accounts.delete(accountId);
      user.accounts.add(accountId);
      this.#count(place, lane, 1);
      return place;
    }
    return undefined;
  }

  #hasRoom(lane: Lane, bulk: boolean, now: number): boolean {
    const user = this.#users.get(lane.userId);
    return (
      lane.pausedUntil <= now &&
      fits(lane, this.limits.account, bulk) &&
      fits(user ?? { running: 0, bulk: 0 }, this.limits.user, bulk) &&
      fits(this.#total, this.limits.total, bulk)
    );
  }

  #wait(lane: Lane, place: Place): void {
    if (lane.normal.has(place.chatId)) return;
    const line = place.bulk ? lane.many : lane.normal;
    if (line.has(place.chatId)) return;
    if (line.size >= this.limits.waiting) {
      lane.missed = true;
      return;
    }
    lane.many.delete(place.chatId);
    line.set(place.chatId, place);
  }

  #lane({ accountId, userId }: Place): Lane {
    let lane = this.#lanes.get(accountId);
    if (lane === undefined) {
      lane = { userId, running: 0, bulk: 0, pausedUntil: 0, normal: new Map(), many: new Map(), missed: false };
      this.#lanes.set(accountId, lane);
    }
    const user = this.#users.get(userId) ?? { running: 0, bulk: 0, accounts: new Set<string>() };
    user.accounts.add(accountId);
    this.#users.set(userId, user);
    return lane;
  }

  #count(place: Place, lane: Lane, by: 1 | -1): void {
    for (const count of [lane, this.#users.get(place.userId), this.#total]) {
      if (count === undefined) continue;
      count.running += by;
      if (place.bulk) count.bulk += by;
    }
  }

  #forget(accountId: string, lane: Lane): void {
    if (lane.running + lane.normal.size + lane.many.size > 0 || lane.missed) return;
    this.#lanes.delete(accountId);
    const user = this.#users.get(lane.userId);
    user?.accounts.delete(accountId);
    if (user?.accounts.size === 0) this.#users.delete(lane.userId);
  }
}

const fits = ({ running, bulk }: Count, limit: { all: number; bulk: number }, isBulk: boolean): boolean =>
  running < limit.all && (!isBulk || bulk < limit.bulk);

const first = (line: ReadonlyMap<string, Place>): Place | undefined => line.values().next().value;
