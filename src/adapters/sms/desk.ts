import { z } from 'zod';
import type { Event, Host, Json, MessageEvent } from '../../sdk/index.js';
import { digest } from './ids.js';
import { type Words, wishIn } from './opt-out.js';

const json: z.ZodType<Json> = z.json();

/**
 * What an account remembers, whatever its gateways: it travels as the cursor, in one transaction with the events.
 * `gateways` is what each keeps for itself; `senders` is which of our numbers a person has a conversation with; `out` are
 * those who asked to get no more. Every list is bounded, the oldest go first.
 */
const stateSchema = z.object({
  v: z.literal(2),
  gateways: z.array(json).max(2),
  senders: z.array(z.tuple([z.string(), z.string()])),
  out: z.array(z.string()),
});
type DeskState = z.infer<typeof stateSchema>;

/** The whole is stored anew with each batch, so it has to stay small. */
const most = { senders: 2_000, out: 2_000 };
const journalOfOne = z.object({ v: z.literal(1) });

/** The number of ours that a message was sent to, where the gateway says it. */
const recipients = new WeakMap<Event, string>();
export function sentTo(event: MessageEvent, number: string): MessageEvent {
  recipients.set(event, number);
  return event;
}

type Change = (state: DeskState) => DeskState;
type Mark = (event: Event) => Event;

/** `severalSenders`: whether there is a choice of numbers, so that a person's has to be kept. */
export type Rules = { words: Words; severalSenders: boolean };

/** Stores what the gateways bring, one commit after another, and notices who asks for no more messages. */
export class Desk {
  readonly #host: Host;
  readonly #rules: () => Rules;
  readonly #onStop: (person: string, gateway: number) => void;
  #state: DeskState;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: Host, rules: () => Rules, onStop: (person: string, gateway: number) => void) {
    this.#host = host;
    this.#rules = rules;
    this.#onStop = onStop;
    this.#state = read(host.cursor);
  }

  gatewayState(gateway: number): Json | undefined {
    return this.#state.gateways[gateway];
  }

  /** What a gateway brings, with what it wants to remember. */
  store(gateway: number, events: Event[], cursor: Json | undefined, mark: Mark): Promise<void> {
    const rules = this.#rules();
    const stopped: string[] = [];
    const out: Event[] = [];
    const changes: Change[] = cursor === undefined ? [] : [(state) => withGateway(state, gateway, cursor)];
    for (const event of events) {
      const kept = mark(event);
      out.push(kept);
      if (kept.type !== 'message' || !kept.from) continue;
      const person = kept.chat.id;
      const ours = recipients.get(event);
      if (ours !== undefined && rules.severalSenders) changes.push((state) => withSender(state, person, ours));
      const wish = wishIn(kept.text, rules.words);
      if (wish === undefined) continue;
      out.push({ type: 'contact', buddy: kept.from, optedOut: wish === 'stop' });
      if (wish === 'stop') stopped.push(person);
      changes.push((state) => withOut(state, person, wish === 'stop'));
    }
    let before: readonly string[] = [];
    const change: Change = (state) => {
      before = state.out;
      return changes.reduce((changed, one) => one(changed), state);
    };
    return this.#commit(out, change).then(() => {
      for (const person of new Set(stopped)) if (!before.includes(person)) this.#onStop(person, gateway);
    });
  }

  /** An event of the account's own. */
  add(event: Event): Promise<void> {
    return this.#commit([event], (state) => state);
  }

  /** Which of these numbers writes to a person: the one they know, else one of the pool, and that from then on. */
  senderFor(pool: readonly string[], person: string): string {
    const known = this.#state.senders.find(([one]) => one === person)?.[1];
    if (known !== undefined && pool.includes(known)) return known;
    return pool[Number.parseInt(digest(person).slice(0, 8), 16) % pool.length] ?? '';
  }

  async keepSender(person: string, sender: string): Promise<void> {
    const known = this.#state.senders.find(([one]) => one === person)?.[1];
    if (known !== sender) await this.#commit([], (state) => withSender(state, person, sender));
  }

  async settled(): Promise<void> {
    await this.#last;
  }

  #commit(events: Event[], change: Change): Promise<void> {
    const run = this.#last.then(async () => {
      const next = change(this.#state);
      if (next !== this.#state) await this.#host.deliver(events, next);
      else if (events.length > 0) await this.#host.deliver(events);
      this.#state = next;
    });
    this.#last = run.catch(() => {});
    return run;
  }
}

/** An account of before had one gateway, whose own memory was the cursor. */
function read(cursor: Json | undefined): DeskState {
  const kept = stateSchema.safeParse(cursor);
  if (kept.success) return kept.data;
  const one = journalOfOne.safeParse(cursor).success;
  return { v: 2, gateways: one && cursor !== undefined ? [cursor] : [], senders: [], out: [] };
}

function withGateway(state: DeskState, gateway: number, cursor: Json): DeskState {
  const gateways = gateway === 0 ? [cursor, ...state.gateways.slice(1)] : [state.gateways[0] ?? null, cursor];
  return { ...state, gateways };
}

function withSender(state: DeskState, person: string, sender: string): DeskState {
  if (state.senders.some(([one, known]) => one === person && known === sender)) return state;
  const rest = state.senders.filter(([one]) => one !== person);
  return { ...state, senders: [...rest, [person, sender] satisfies [string, string]].slice(-most.senders) };
}

function withOut(state: DeskState, person: string, out: boolean): DeskState {
  if (state.out.includes(person) === out) return state;
  const rest = state.out.filter((one) => one !== person);
  return { ...state, out: out ? [...rest, person].slice(-most.out) : rest };
}
