import { AdapterError, type Pace } from '../../sdk/index.js';
import { Breakers, type Rest } from './breaker.js';
import { Paces } from './pace.js';

/** A network that asks for no more than this is only busy: that is no failure. */
const SHORT_MS = 30_000;
/** Chats and accounts whose network asked for patience. */
const MOST_HOLDS = 10_000;

export type Passage =
  | { is: 'go' }
  /** Nothing of the account goes before then; `rest` where it failed too often. */
  | { is: 'account'; until: number; rest?: Rest }
  /** Nothing of the chat does; others may. */
  | { is: 'chat'; until: number };

type Send = { accountId: string; chatId: string };

/** Whether an account may send now: what its network asked for, how fast it takes messages, how it failed lately. */
export class Gate {
  readonly #breakers = new Breakers();
  readonly #paces = new Paces();
  readonly #holds = new Map<string, number>();

  /** `go` takes a place of the network's rate: `turnBack` gives it back where nothing was sent. */
  pass({ accountId, chatId }: Send, pace: Pace | undefined, now: number): Passage {
    const rest = this.#breakers.resting(accountId, now);
    if (rest) return { is: 'account', until: rest.until, rest };
    const held = this.#heldUntil(accountId, now);
    if (held !== undefined) return { is: 'account', until: held };
    const chatHeld = this.#heldUntil(chatId, now);
    if (chatHeld !== undefined) return { is: 'chat', until: chatHeld };
    this.#paces.learn(accountId, pace?.account, now);
    const wait = this.#paces.wait([accountId, chatId], now);
    if (wait) return { is: wait.key === accountId ? 'account' : 'chat', until: wait.until };
    this.#paces.take([accountId, chatId], now);
    this.#breakers.begin(accountId, now);
    return { is: 'go' };
  }

  /** Answers whether others of the account need no longer wait for what came of this. */
  turnBack({ accountId, chatId }: Send): boolean {
    this.#paces.giveBack([accountId, chatId]);
    return this.#breakers.abstain(accountId);
  }

  /** How fast this very chat takes messages; the one about to go is the first. */
  learn(chatId: string, pace: Pace | undefined, now: number): void {
    this.#paces.learn(chatId, pace?.chat, now, 1);
  }

  /** What a try said of its account; answers whether its rest began or ended. */
  tried({ accountId, chatId }: Send, error: unknown, now: number): 'rests' | 'works' | undefined {
    if (error instanceof AdapterError && error.kind === 'rate-limited')
      this.#hold(error.scope === 'chat' ? chatId : accountId, now + (error.retryAfterMs ?? 0), now);
    switch (saysOf(error)) {
      case 'works':
        return this.#breakers.succeeded(accountId) ? 'works' : undefined;
      case 'fails':
        return this.#breakers.failed(accountId, chatId, textOf(error), now) ? 'rests' : undefined;
      case 'nothing':
        this.#breakers.abstain(accountId);
        return undefined;
    }
  }

  resting(accountId: string, now: number): Rest | undefined {
    return this.#breakers.resting(accountId, now);
  }

  /** The account was connected anew; answers whether it had been given a rest. */
  forget(accountId: string): boolean {
    this.#holds.delete(accountId);
    return this.#breakers.succeeded(accountId);
  }

  #hold(key: string, until: number, now: number): void {
    this.#holds.delete(key);
    if (until <= now) return;
    this.#holds.set(key, until);
    const [oldest] = this.#holds.keys();
    if (this.#holds.size > MOST_HOLDS && oldest !== undefined) this.#holds.delete(oldest);
  }

  #heldUntil(key: string, now: number): number | undefined {
    const until = this.#holds.get(key);
    if (until === undefined || until > now) return until;
    this.#holds.delete(key);
    return undefined;
  }
}

/** A refusal is an answer too: the account works. */
export function saysOf(error: unknown): 'works' | 'fails' | 'nothing' {
  if (error === undefined) return 'works';
  if (!(error instanceof AdapterError)) return 'nothing';
  switch (error.kind) {
    case 'rejected':
      return 'works';
    case 'auth':
    case 'temporary':
    case 'unknown-outcome':
      return 'fails';
    case 'rate-limited':
      return error.scope === 'chat' || (error.retryAfterMs ?? Number.POSITIVE_INFINITY) <= SHORT_MS
        ? 'nothing'
        : 'fails';
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
