import { type Clock, errorText, type Log } from '../log.js';

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
  /** Users who are looked at, and whether to look again. */
  readonly #running = new Map<string, boolean>();
  readonly #work = new Set<Promise<void>>();
  readonly #pauses = new Map<string, () => void>();
  readonly #lately = new Map<string, number[]>();
  #stopped = false;

  constructor(
    private readonly store: RelayStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

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
      this.#pause('', () => void this.look());
    }
  }

  /** Something came in for this user. */
  ring(userId: string): void {
    if (this.#stopped || this.#users?.has(userId) !== true) return;
    if (this.#running.has(userId)) {
      this.#running.set(userId, true);
      return;
    }
    this.#unpause(userId);
    const work = this.#run(userId).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#pauses.values()) cancel();
    this.#pauses.clear();
    await Promise.all(this.#work);
  }

  async #run(userId: string): Promise<void> {
    try {
      do {
        this.#running.set(userId, false);
        await this.#sendAll(userId);
      } while (this.#running.get(userId) === true && !this.#stopped);
    } catch (error) {
      this.log.warn('it is not known what is to be sent on in groups', { userId, error: errorText(error) });
      this.#pause(userId, () => this.ring(userId));
    } finally {
      this.#running.delete(userId);
    }
  }

  async #sendAll(userId: string): Promise<void> {
    const waiting = await this.store.waiting(userId, AT_ONCE);
    // What cannot go holds up its own group alone, where nothing may overtake it.
    const held = new Set<string>();
    for (const answer of waiting) {
      if (this.#stopped) return;
      if (held.has(answer.groupId)) continue;
      const went = this.#mayGo(answer.groupId) && (await this.#sendOn(userId, answer));
      if (!went) held.add(answer.groupId);
    }
    if (held.size > 0) this.#pause(userId, () => this.ring(userId));
    else if (waiting.length >= AT_ONCE) this.#running.set(userId, true);
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

  #pause(name: string, again: () => void): void {
    if (this.#stopped) return;
    this.#unpause(name);
    this.#pauses.set(
      name,
      this.clock.after(AGAIN_MS, () => {
        this.#pauses.delete(name);
        again();
      }),
    );
  }

  #unpause(name: string): void {
    this.#pauses.get(name)?.();
    this.#pauses.delete(name);
  }
}

/** What the others get: by whom it is, and what they said. Files go along, or are named in it. */
export function sentOn(name: string, text: string): string {
  return text.trim() === '' ? `${name}:` : `${name}: ${text}`;
}
