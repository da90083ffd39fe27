import { type Event, type Host, type IncomingAttachment, limits } from '../../sdk/index.js';
import { visible } from './wire.js';

const atOnce = 3;
const patienceMs = 15_000;
const mostWaiting = 200;
/** Bytes of files that may wait to be stored; a file for which there is no room stays a link. */
const maxHeld = 2 * limits.attachmentBytes;

/** Fetches what links point to, a few at a time; what is too large, too slow or not there stays a link. */
export class Files {
  #running = 0;
  #held = 0;
  readonly #queue: (() => void)[] = [];

  constructor(private readonly host: Host) {}

  async fetch(url: string): Promise<IncomingAttachment | undefined> {
    if (this.#queue.length >= mostWaiting) return undefined;
    if (this.#running >= atOnce) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running += 1;
    const tooLate = new AbortController();
    const cancel = this.host.clock.after(patienceMs, () => tooLate.abort());
    try {
      return await this.#load(url, AbortSignal.any([tooLate.signal, this.host.signal]));
    } catch {
      return undefined;
    } finally {
      cancel();
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  /** These have been stored, or handed on. */
  release(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type !== 'message') continue;
      for (const { size } of event.attachments ?? []) this.#held -= size;
    }
  }

  async #load(url: string, signal: AbortSignal): Promise<IncomingAttachment | undefined> {
    const answer = await this.host.fetch(url, { signal });
    const announced = Number(answer.headers.get('content-length') ?? 0);
    if (!answer.ok || !answer.body || announced > limits.attachmentBytes) {
      await answer.body?.cancel().catch(() => {});
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      // Leaving the loop cancels the rest.
      if (size > limits.attachmentBytes || this.#held + size > maxHeld) return undefined;
      chunks.push(chunk);
    }
    const type =
      /^[\w.+-]+\/[\w.+-]+/.exec(answer.headers.get('content-type') ?? '')?.[0] ?? 'application/octet-stream';
    this.#held += size;
    return { name: nameIn(url), type, size, content: Buffer.concat(chunks, size) };
  }
}

function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return visible(decodeURIComponent(last), 200) || 'file';
  } catch {
    return visible(last, 200) || 'file';
  }
}
