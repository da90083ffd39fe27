import { z } from 'zod';
import type { Event, Json } from '../../sdk/index.js';

export type Due = { at: number; event: Event };

const event = z.custom<Event>((value) => typeof value === 'object' && value !== null && 'type' in value);
const stored = z.object({
  v: z.literal(1),
  due: z.array(z.object({ at: z.number(), event })),
  tries: z.array(z.tuple([z.string(), z.number().int()])),
  revoked: z.array(z.string()),
  invited: z.array(z.string()).default([]),
});

const bounds = { due: 2000, characters: 2_000_000, tries: 200, revoked: 20, invited: 50 };

/** What the network knows of one account and must not forget; the account's cursor. Bounded. */
export class Memory {
  /** In the order in which it falls due. */
  #due: Due[] = [];
  #tries = new Map<string, number>();
  #revoked: string[] = [];
  #invited: string[] = [];

  /** What a cursor holds; nothing where it is not one of ours. */
  static from(cursor: Json | undefined): Memory {
    const memory = new Memory();
    const read = stored.safeParse(cursor);
    if (!read.success) return memory;
    memory.#due = read.data.due;
    memory.#tries = new Map(read.data.tries);
    memory.#revoked = read.data.revoked;
    memory.#invited = read.data.invited;
    return memory;
  }

  /** The cursor, without `handedOver`. */
  cursor(handedOver: readonly Due[] = []): Json {
    const gone = new Set(handedOver);
    const due = this.#due.filter((one) => !gone.has(one));
    // Events are plain JSON by contract.
    return JSON.parse(
      JSON.stringify({ v: 1, due, tries: [...this.#tries], revoked: this.#revoked, invited: this.#invited }),
    );
  }

  /** Answers false, with nothing changed, where too much is waiting already. */
  add(more: readonly Due[]): boolean {
    const all = [...this.#due, ...more];
    if (all.length > bounds.due || all.reduce((sum, { event }) => sum + sizeOf(event), 0) > bounds.characters)
      return false;
    this.#due = all.sort((a, b) => a.at - b.at);
    return true;
  }

  remove(gone: readonly Due[]): void {
    const names = new Set(gone);
    this.#due = this.#due.filter((one) => !names.has(one));
  }

  /** What is due by `now`, oldest first, at most `count`. */
  dueBy(now: number, count: number): Due[] {
    return this.#due.filter((one) => one.at <= now).slice(0, count);
  }

  get nextAt(): number | undefined {
    return this.#due[0]?.at;
  }

  /** Counts a try of a message and answers how many there were before it. */
  countTry(key: string): number {
    const before = this.#tries.get(key) ?? 0;
    this.#tries.delete(key);
    this.#tries.set(key, before + 1);
    const oldest = this.#tries.keys().next().value;
    if (this.#tries.size > bounds.tries && oldest !== undefined) this.#tries.delete(oldest);
    return before;
  }

  forgetTries(key: string): void {
    this.#tries.delete(key);
  }

  /** This sign-in is refused from now on. */
  revoke(ticket: string): void {
    this.#revoked = [...this.#revoked, ticket].slice(-bounds.revoked);
  }

  /** Rooms that ask us in and were not answered. */
  invite(room: string): void {
    this.#invited = [...this.#invited.filter((one) => one !== room), room].slice(-bounds.invited);
  }

  /** Answers whether there was such an invitation. */
  answer(room: string): boolean {
    const there = this.#invited.includes(room);
    this.#invited = this.#invited.filter((one) => one !== room);
    return there;
  }

  isRevoked(ticket: string): boolean {
    return this.#revoked.includes(ticket);
  }
}

const sizeOf = (event: Event) =>
  ('text' in event ? event.text.length : 0) + ('html' in event ? (event.html?.length ?? 0) : 0);
