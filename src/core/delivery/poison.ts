import { LRUCache } from 'lru-cache';
import { errorText } from '../log.js';
import { isOutage } from '../messages/outage.js';
import { FencedError } from '../nodes/fenced.js';

/** So often something is tried that fails by a fault of ours. */
export const POISON_TRIES = 3;

/** A message could not be made ready for its network: nothing of it went out, and its account has no part in it. */
export class Unready extends Error {
  constructor(cause: unknown) {
    super(`Parley could not make it ready to be sent: ${errorText(cause)}`, { cause });
    this.name = 'Unready';
  }
}

/** Chats whose head cannot even be taken. An outage says nothing of it. */
export class Spoilt {
  readonly #tries = new LRUCache<string, number>({ max: 1_000 });

  /** Whether the head of the chat has now failed too often. */
  failed(chatId: string, error: unknown): boolean {
    if (isOutage(error) || error instanceof FencedError) return false;
    const tries = (this.#tries.get(chatId) ?? 0) + 1;
    if (tries < POISON_TRIES) this.#tries.set(chatId, tries);
    else this.#tries.delete(chatId);
    return tries >= POISON_TRIES;
  }

  taken(chatId: string): void {
    this.#tries.delete(chatId);
  }
}
