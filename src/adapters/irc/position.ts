import { z } from 'zod';
import type { Json } from '../../sdk/index.js';

/**
 * How far the account's messages are known, in the server's own time. `at`: the newest that came live. `from`: since
 * when some may be missing, while a catch-up is unfinished; `done`: chats of which more is known already.
 */
const cursor = z.object({
  at: z.number(),
  from: z.number().optional(),
  done: z.record(z.string(), z.number()).default({}),
});
type Cursor = z.infer<typeof cursor>;

const mostDone = 1_000;

export class Position {
  #now: Cursor | undefined;

  constructor(stored: Json | undefined) {
    this.#now = cursor.safeParse(stored).data;
  }

  /** Since when messages may be missing; undefined for an account that never was here. */
  get since(): number | undefined {
    return this.#now?.from ?? this.#now?.at;
  }

  sinceIn(chat: string): number | undefined {
    const since = this.since;
    return since === undefined ? undefined : Math.max(since, this.#now?.done[chat] ?? 0);
  }

  /** A live message of that time was seen. */
  see(at: number): void {
    if (!this.#now) this.#now = { at, done: {} };
    else this.#now.at = Math.max(this.#now.at, at);
  }

  /** What was missed is fetched from now on; answers false where nothing can have been. */
  begin(): boolean {
    if (!this.#now) return false;
    this.#now.from ??= this.#now.at;
    return true;
  }

  /** Everything of the chat up to then is there. */
  reach(chat: string, at: number): void {
    if (!this.#now) return;
    const others = Object.entries(this.#now.done).filter(([one]) => one !== chat);
    this.#now.done = Object.fromEntries([...others, [chat, at] as const].slice(-mostDone));
  }

  /** Nothing is missing any more. */
  finish(): void {
    if (this.#now) this.#now = { at: Math.max(this.#now.at, ...Object.values(this.#now.done)), done: {} };
  }

  /** As it is to be stored. */
  get stored(): Json | undefined {
    if (!this.#now) return undefined;
    const { at, from, done } = this.#now;
    return { at, ...(from !== undefined && { from }), done };
  }
}
