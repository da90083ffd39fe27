import type { Log } from '../../sdk/index.js';
import type { Mailbox } from './mailbox.js';
import { codeOf } from './reasons.js';

/** Copies that wait for the mailbox, together. */
const maxBytes = 64 * 1024 * 1024;
const maxCopies = 100;
/** Of a mail longer than this no copy is kept. */
export const maxCopyBytes = 36 * 1024 * 1024;

type Copy = { id: string; source: Buffer; at: number };

/** Puts a copy of what was sent into the folder for it, once the mailbox is there. What is there already stays alone. */
export class SentCopies {
  #copies: Copy[] = [];
  #bytes = 0;
  #flushing: Promise<void> | undefined;

  constructor(private readonly log: Log) {}

  add(copy: Copy): void {
    if (this.#copies.length >= maxCopies || this.#bytes + copy.source.length > maxBytes) {
      this.log.warn('no copy of a sent mail is kept: too many wait for the mailbox');
      return;
    }
    this.#copies.push(copy);
    this.#bytes += copy.source.length;
  }

  /** Resolves when every copy is in the folder; rejects where the connection broke, and keeps what is left. */
  flush(box: Mailbox, folder: string): Promise<void> {
    this.#flushing ??= this.#flush(box, folder).finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(box: Mailbox, folder: string): Promise<void> {
    for (let copy = this.#copies[0]; copy; copy = this.#copies[0]) {
      // A repeated send has the same Message-ID, and some servers keep a copy by themselves.
      const there = await box.search(folder, { header: { 'message-id': copy.id } });
      if (there.length === 0) await this.#append(box, folder, copy);
      this.#copies.shift();
      this.#bytes -= copy.source.length;
    }
  }

  /** A folder that is full or forbids it costs the copy, not the connection. */
  async #append(box: Mailbox, folder: string, { source, at }: Copy): Promise<void> {
    try {
      await box.append(folder, source, at);
    } catch (error) {
      const refused = typeof error === 'object' && error !== null && 'responseStatus' in error && error.responseStatus;
      if (!refused) throw error;
      this.log.warn('the server took no copy of a sent mail', { code: codeOf(error) });
    }
  }

  /** Nothing will be put anywhere: forgets what waits. */
  clear(): void {
    this.#copies = [];
    this.#bytes = 0;
  }
}
