import { type Clock, errorText, type Log } from '../log.js';
import { Rounds } from '../rounds.js';

/** Something that a member said and that is still to be sent on. */
export type Answer = { id: string; groupId: string };

export interface RelayStore {
  /** Users with a group that sends answers on. */
  users(): Promise<string[]>;
  /** What is to be sent on, `limit` at most of each group, oldest first. It stays among it until `sendOn` has answered. */
  waiting(userId: string, limit: number): Promise<Answer[]>;
  /** Stores the message to the other members, once however often it is called. */
  sendOn(userId: string, answer: Answer): Promise<void>;
}

const AT_ONCE = 50;
const AGAIN_MS = 5_000;
/** Answers of one group sent on in a minute: people write slower, programs that answer each other do not. */
const A_MINUTE = 30;
const MINUTE_MS = 60_000;

/**
 * Sends on what members of a group answer. The rows say what is to be sent on: a call that is lost loses nothing, as the
 * next one, or the next start, finds it still waiting.
 */
export class Relay {
  /** Undefined until they are known. */
  #users: Set<string> | undefined;
  readonly #rounds: Rounds;
  readonly #lately = new Map<string, number[]>();

  constructor(
    private readonly store: RelayStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#rounds = new Rounds(clock, (userId) => this.#look(userId));
  }

  /** What was said while Parley was away, or was being killed, is sent on. */
  start(): void {
    void this.look();
  }

  /** Groups were made or changed. */
  async look(): Promise<void> {
    try {
      this.#users = new Set(await this.store.users());
      for (const userId of this.#users) this.ring(userId);
    } catch (error) {
      this.log.warn('it is not known which groups send answers on', { error: errorText(error) });
      this.#rounds.putOff('', AGAIN_MS, () => void this.look());
    }
  }

  /** Something came in for this user. */
  ring(userId: string): void {
    if (this.#users?.has(userId) === true) this.#rounds.ring(userId);
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #look(userId: string): Promise<void> {
    try {
      await this.#sendAll(userId);
    } catch (error) {
      this.log.warn('it is not known what is to be sent on in groups', { userId, error: errorText(error) });
      this.#again(userId);
    }
  }

  async #sendAll(userId: string): Promise<void> {
    const waiting = await this.store.waiting(userId, AT_ONCE);
    // What cannot go holds up its own group alone, where nothing may overtake it.
    const held = new Set<string>();
    for (const answer of waiting) {
      if (this.#rounds.stopped) return;
      if (held.has(answer.groupId)) continue;
      const went = this.#mayGo(answer.groupId) && (await this.#sendOn(userId, answer));
      if (!went) held.add(answer.groupId);
    }
    if (held.size > 0) this.#again(userId);
    else if (waiting.length >= AT_ONCE) this.ring(userId);
  }

  async #sendOn(userId: string, answer: Answer): Promise<boolean> {
    try {
      await this.store.sendOn(userId, answer);
      return true;
    } catch (error) {
      this.log.warn('an answer in a group was not sent on', { messageId: answer.id, error: errorText(error) });
      return false;
    }
  }

  /** Counts it where it may. */
  #mayGo(groupId: string): boolean {
    const now = this.clock.now();
    const lately = (this.#lately.get(groupId) ?? []).filter((at) => at > now - MINUTE_MS);
    this.#lately.set(groupId, lately);
    if (lately.length >= A_MINUTE) return false;
    lately.push(now);
    return true;
  }

  #again(userId: string): void {
    this.#rounds.putOff(userId, AGAIN_MS, () => this.ring(userId));
  }
}

/** What the others get: by whom it is, and what they said. Files go along, or are named in it. */
export function sentOn(name: string, text: string): string {
  return text.trim() === '' ? `${name}:` : `${name}: ${text}`;
}
