import type { ChatId, RemoteId } from '../../sdk/index.js';

/** What is remembered of a message, so that what speaks of it can be understood. */
export type Ref = {
  chat: ChatId;
  id: RemoteId;
  /** The id its writer gave it. */
  wire?: string;
  /** Who wrote it: a bare JID, or an occupant. */
  author: string;
  own: boolean;
};

const most = 5_000;

/** The last messages of all chats, without their text. A bounded memory: what has fallen out is asked of the archive. */
export class Refs {
  readonly #byId = new Map<string, Ref>();
  readonly #byWire = new Map<string, Ref>();

  add(ref: Ref): void {
    const key = `${ref.chat}\n${ref.id}`;
    this.#byId.delete(key);
    this.#byId.set(key, ref);
    if (ref.wire !== undefined) this.#byWire.set(wireKey(ref.chat, ref.wire, ref.author), ref);
    for (const [oldest, gone] of this.#byId) {
      if (this.#byId.size <= most) break;
      this.#byId.delete(oldest);
      if (gone.wire === undefined) continue;
      const wire = wireKey(gone.chat, gone.wire, gone.author);
      if (this.#byWire.get(wire) === gone) this.#byWire.delete(wire);
    }
  }

  byId(chat: ChatId, id: RemoteId): Ref | undefined {
    return this.#byId.get(`${chat}\n${id}`);
  }

  /** The message an author calls by this id. */
  byWire(chat: ChatId, wire: string, author: string): Ref | undefined {
    return this.#byWire.get(wireKey(chat, wire, author));
  }
}

const wireKey = (chat: string, wire: string, author: string) => `${chat}\n${author}\n${wire}`;
