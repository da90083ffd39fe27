import type { RemoteId } from '../../sdk/index.js';

const most = { chats: 200, messages: 100, own: 1_000 };

/** The last messages of each chat with the server's time: read markers name times, and a person reads messages. */
export class Recent {
  readonly #chats = new Map<string, { id: RemoteId; at: number }[]>();
  readonly #own = new Set<RemoteId>();
  readonly #markers = new Map<string, number>();

  add(chat: string, id: RemoteId, at: number): void {
    const list = this.#chats.get(chat) ?? [];
    // Where there is room for as many again it does not matter which spoke last.
    if (this.#chats.size > most.chats / 2) this.#chats.delete(chat);
    this.#chats.set(chat, list);
    if (list.some((one) => one.id === id)) return;
    list.push({ id, at });
    if (list.length > most.messages) list.shift();
    for (const oldest of this.#chats.keys()) {
      if (this.#chats.size <= most.chats) break;
      this.#chats.delete(oldest);
    }
  }

  /** How far another client of ours has read. */
  mark(chat: string, at: number): void {
    this.#markers.delete(chat);
    this.#markers.set(chat, at);
    for (const oldest of this.#markers.keys()) {
      if (this.#markers.size <= most.chats) break;
      this.#markers.delete(oldest);
    }
  }

  get markers(): [chat: string, at: number][] {
    return [...this.#markers];
  }

  timeOf(chat: string, id: RemoteId): number | undefined {
    return this.#chats.get(chat)?.find((one) => one.id === id)?.at;
  }

  /** The newest message up to a time. */
  upTo(chat: string, at: number): RemoteId | undefined {
    const known = this.#chats.get(chat)?.filter((one) => one.at <= at) ?? [];
    return known.reduce<{ id: RemoteId; at: number } | undefined>(
      (newest, one) => (newest && newest.at > one.at ? newest : one),
      undefined,
    )?.id;
  }

  /** A line of a message of ours: its whole is stored already. */
  addOwn(id: RemoteId): void {
    this.#own.add(id);
    for (const oldest of this.#own) {
      if (this.#own.size <= most.own) break;
      this.#own.delete(oldest);
    }
  }

  isOwn(id: RemoteId): boolean {
    return this.#own.has(id);
  }
}
