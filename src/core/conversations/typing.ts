import { isConnected, limited } from '../accounts/ask.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { type Clock, errorText, type Log } from '../log.js';

export type TypingChat = { accountId: string; remoteId: string };

export interface TypingStore {
  /**
   * The chats of a conversation that can be written in, the last active first; none where the user keeps to themself
   * that they write. `all`: what is written goes to each of them. @throws DomainError `not-found`
   */
  chats(userId: string, conversationId: string): Promise<{ chats: TypingChat[]; all: boolean }>;
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
  /** By user, conversation and chat. */
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
    const { chats, all } = await this.store.chats(userId, conversationId);
    if (this.#stopped) return;
    const able = on ? chats.filter((one) => this.#verb(one) !== undefined) : [];
    const meant = new Map(able.slice(0, all ? able.length : 1).map((chat) => [`${key} ${nameOf(chat)}`, chat]));
    for (const [name, entry] of this.#entries)
      if (name.startsWith(`${key} `) && !meant.has(name)) this.#off(name, entry);
    for (const [name, chat] of meant) this.#on(name, chat);
  }

  #on(name: string, chat: TypingChat): void {
    const entry = this.#entries.get(name) ?? { chat, saidAt: 0, cancelOff: () => {}, telling: Promise.resolve() };
    this.#entries.set(name, entry);
    entry.cancelOff();
    entry.cancelOff = this.clock.after(SILENCE_MS, () => this.#off(name, entry));
    const now = this.clock.now();
    if (now - entry.saidAt < AGAIN_MS) return;
    entry.saidAt = now;
    this.#tell(entry, true);
  }

  #off(name: string, entry: Entry): void {
    entry.cancelOff();
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
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

const nameOf = ({ accountId, remoteId }: TypingChat): string => `${accountId} ${remoteId}`;
