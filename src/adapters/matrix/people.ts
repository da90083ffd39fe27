import { LRUCache } from 'lru-cache';
import type { BuddyInfo, PresenceState } from '../../sdk/index.js';
import { buddyOf } from './ids.js';

const most = 20_000;
const ringSize = 200;

/** What is known of other people: names, presence, who writes now. Bounded; what falls out comes again with the next event. */
export class People {
  readonly #names = new LRUCache<string, string>({ max: most });
  readonly #presence = new LRUCache<string, PresenceState>({ max: most });
  readonly #typing = new LRUCache<string, ReadonlySet<string>>({ max: 2_000 });
  /** The latest events of each room, oldest first, and whether they are ours. */
  readonly #latest = new LRUCache<string, { id: string; own: boolean; sender: string }[]>({ max: 500 });

  name(user: string): string | undefined {
    return this.#names.get(user);
  }

  setName(user: string, name: unknown): void {
    if (typeof name !== 'string') return;
    const clean = name
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .trim()
      .slice(0, 200)
      .toWellFormed();
    if (clean !== '') this.#names.set(user, clean);
  }

  buddy(user: string): BuddyInfo {
    return buddyOf(user, this.#names.get(user));
  }

  presence(user: string): PresenceState | undefined {
    return this.#presence.get(user);
  }

  setPresence(user: string, state: PresenceState): void {
    this.#presence.set(user, state);
  }

  /** Answers who began and who ended. */
  typing(room: string, users: readonly string[]): { user: string; on: boolean }[] {
    const before = this.#typing.get(room) ?? new Set<string>();
    const now = new Set(users.slice(0, 100));
    this.#typing.set(room, now);
    const began = [...now].filter((user) => !before.has(user)).map((user) => ({ user, on: true }));
    return [...began, ...[...before].filter((user) => !now.has(user)).map((user) => ({ user, on: false }))];
  }

  noteEvent(room: string, id: string, sender: string, own: boolean): void {
    const ring = this.#latest.get(room) ?? [];
    if (ring.some((one) => one.id === id)) return;
    ring.push({ id, own, sender });
    if (ring.length > ringSize) ring.shift();
    this.#latest.set(room, ring);
  }

  senderOf(room: string, id: string): string | undefined {
    return this.#latest.get(room)?.find((one) => one.id === id)?.sender;
  }

  /** The newest event of our own at or before this one: what a receipt for it proves to be read. */
  ownUpTo(room: string, id: string): string | undefined {
    const ring = this.#latest.get(room) ?? [];
    const place = ring.findIndex((one) => one.id === id);
    return ring.slice(0, place + 1).findLast((one) => one.own)?.id;
  }
}
