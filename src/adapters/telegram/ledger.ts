import { z } from 'zod';
import type { Event, Host } from '../../sdk/index.js';

const pair = z.tuple([z.number(), z.number()]);

/**
 * What must outlive a restart. It travels as the cursor, so that it is stored in one transaction with the events it
 * led to. Every list is bounded; the oldest entries go first.
 */
const stateSchema = z.object({
  v: z.literal(1),
  /** The first update not stored yet; getting from there tells Telegram to forget those before. */
  offset: z.number(),
  /** Groups that became supergroups: the id they have now, and the one they had, under which the chat goes on here. */
  moved: z.array(pair),
  /** Names of forum topics, by chat id; messages in one seldom say it. */
  topics: z.array(z.tuple([z.string(), z.string()])),
  /** Texts that took several messages: chat id here, and the ids in Telegram's numbers. The first stands for all. */
  long: z.array(z.tuple([z.string(), z.array(z.number())])),
  /** Sends that came only so far: a later try of the same key goes on behind what is there. */
  begun: z.array(z.object({ key: z.string(), ids: z.array(z.number()) })),
  /** The latest time given to a message. */
  latest: z.number().default(0),
});

export type LedgerState = z.infer<typeof stateSchema>;

const empty: LedgerState = { v: 1, offset: 0, moved: [], topics: [], long: [], begun: [], latest: 0 };
const most = { moved: 500, topics: 500, long: 200, begun: 50 };

/** Keeps the state and stores it with events, one commit after another. */
export class Ledger {
  readonly #host: Host;
  #state: LedgerState;
  #last: Promise<unknown> = Promise.resolve();
  #latest: number;

  constructor(host: Host) {
    this.#host = host;
    const kept = stateSchema.safeParse(host.cursor);
    this.#state = kept.success ? kept.data : empty;
    this.#latest = Math.min(this.#state.latest, host.clock.now());
  }

  /**
   * The time of a message that Telegram dates in whole seconds. One of just now is taken as now, so that an answer does
   * not sort before what it answers; so is one that has not come yet, or makes no sense. Within the second of the latest
   * it is no earlier than that.
   */
  timeOf(seconds: number): number {
    const now = this.#host.clock.now();
    const second = seconds * 1_000;
    const past = second > 1_000_000_000_000 && second < now - 2_000;
    const at = !past ? now : this.#latest >= second && this.#latest < second + 1_000 ? this.#latest : second;
    this.#latest = Math.max(this.#latest, at);
    return at;
  }

  /** As `timeOf` last gave it, to be stored with the next events. */
  get latest(): number {
    return this.#latest;
  }

  /** As last stored. */
  get state(): LedgerState {
    return this.#state;
  }

  /** Resolves when the events and the changed state are stored; rejects with nothing changed. */
  commit(events: Event[], change: (state: LedgerState) => LedgerState = (state) => state): Promise<void> {
    const run = this.#last.then(async () => {
      const next = change(this.#state);
      if (next !== this.#state) await this.#host.deliver(events, next);
      else if (events.length > 0) await this.#host.deliver(events);
      this.#state = next;
    });
    this.#last = run.catch(() => {});
    return run;
  }

  /** Resolves when nothing is being stored any more. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** The chat id here of a chat of Telegram's, and whether it is a group under its new id. */
  home(chat: number): { chat: number; moved: boolean } {
    const old = this.#state.moved.find(([now]) => now === chat)?.[1];
    return old === undefined ? { chat, moved: false } : { chat: old, moved: true };
  }

  /** The id Telegram has now for a chat here. */
  present(chat: number): { chat: number; moved: boolean } {
    const now = this.#state.moved.find(([, old]) => old === chat)?.[0];
    return now === undefined ? { chat, moved: false } : { chat: now, moved: true };
  }

  topic(id: string): string | undefined {
    return this.#state.topics.find(([known]) => known === id)?.[1];
  }

  /** Every message a text took, and the first alone where it took one. */
  parts(chat: string, first: number): number[] {
    return this.#state.long.find(([id, ids]) => id === chat && ids[0] === first)?.[1] ?? [first];
  }

  /** The message that stands for the text this one is a part of. */
  firstOf(chat: string, number: number): number {
    return this.#state.long.find(([id, ids]) => id === chat && ids.includes(number))?.[1][0] ?? number;
  }
}

export const withMoved = (state: LedgerState, now: number, old: number): LedgerState =>
  now === old || state.moved.some(([known]) => known === now)
    ? state
    : { ...state, moved: [...state.moved, [now, old] satisfies [number, number]].slice(-most.moved) };

export function withTopic(state: LedgerState, id: string, name: string): LedgerState {
  if (state.topics.some(([known, named]) => known === id && named === name)) return state;
  const rest = state.topics.filter(([known]) => known !== id);
  return { ...state, topics: [...rest, [id, name.slice(0, 128)] satisfies [string, string]].slice(-most.topics) };
}

export function withLong(state: LedgerState, chat: string, ids: number[]): LedgerState {
  const rest = state.long.filter(([id, known]) => id !== chat || known[0] !== ids[0]);
  const kept = ids.length > 1 ? [...rest, [chat, ids] satisfies [string, number[]]] : rest;
  return { ...state, long: kept.slice(-most.long) };
}

export function withBegun(state: LedgerState, key: string, ids: number[]): LedgerState {
  const rest = state.begun.filter((one) => one.key !== key);
  if (ids.length === 0 && rest.length === state.begun.length) return state;
  return { ...state, begun: ids.length > 0 ? [...rest, { key, ids }].slice(-most.begun) : rest };
}
