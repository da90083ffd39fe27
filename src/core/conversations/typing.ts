import { isConnected, limited } from '../accounts/ask.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { type Clock, errorText, type Log } from '../log.js';

export type TypingChat = { accountId: string; remoteId: string };

export interface TypingStore {
  /**
   * The chats of a conversation that can be written in, the last active first; none where the user keeps to themself
   * that they write. @throws DomainError `not-found`
   */
  chats(userId: string, conversationId: string): Promise<TypingChat[]>;
}

const AGAIN_MS = 4_000;
const SILENCE_MS = 10_000;
const LIMIT_MS = 5_000;

type Entry = { chat: TypingChat; saidAt: number; cancelOff: () => void; telling: Promise<void> };

/**
 * Tells the others of a chat that the user writes: at once, again at most every 4 s, and once that it ended, at the
 * latest after 10 s of silence. Best effort; what a network makes of it is no matter.
 */
export class Typing {
  readonly #entries = new Map<string, Entry>();
  readonly #turns = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(
    private readonly supervisor: Supervisor,
    private readonly store: TypingStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Calls for one conversation are taken in their order. Resolves before the network is told. */
  set(userId: string, conversationId: string, on: boolean): Promise<void> {
    const key = `${userId} ${conversationId}`;
    const turn = (this.#turns.get(key) ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#set(key, userId, conversationId, on))
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return turn;
  }

  /** Nobody is told any more; networks forget by themselves that somebody wrote. */
  stop(): void {
    this.#stopped = true;
    for (const entry of this.#entries.values()) entry.cancelOff();
    this.#entries.clear();
  }

  async #set(key: string, userId: string, conversationId: string, on: boolean): Promise<void> {
    const chats = await this.store.chats(userId, conversationId);
    if (this.#stopped) return;
    const known = this.#entries.get(key);
    if (!on) {
      if (known) this.#off(key, known);
      return;
    }
    const chat = chats.find((one) => this.#verb(one) !== undefined);
    if (known && !same(known.chat, chat)) this.#off(key, known);
    if (!chat) return;
    const entry = this.#entries.get(key) ?? { chat, saidAt: 0, cancelOff: () => {}, telling: Promise.resolve() };
    this.#entries.set(key, entry);
    entry.cancelOff();
    entry.cancelOff = this.clock.after(SILENCE_MS, () => this.#off(key, entry));
    const now = this.clock.now();
    if (now - entry.saidAt < AGAIN_MS) return;
    entry.saidAt = now;
    this.#tell(entry, true);
  }

  #off(key: string, entry: Entry): void {
    entry.cancelOff();
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    this.#tell(entry, false);
  }

  /** What is said of one chat is said in order. */
  #tell(entry: Entry, on: boolean): void {
    entry.telling = entry.telling
      .then(() => limited(this.clock, () => this.#verb(entry.chat)?.set(on), LIMIT_MS))
      .catch((error) =>
        this.log.debug('typing was not told', { accountId: entry.chat.accountId, error: errorText(error) }),
      );
  }

  #verb({ accountId, remoteId }: TypingChat) {
    const live = this.supervisor.get(accountId);
    return isConnected(live) ? live.connection.chat(remoteId).typing : undefined;
  }
}

const same = (a: TypingChat, b: TypingChat | undefined): boolean =>
  a.accountId === b?.accountId && a.remoteId === b.remoteId;
