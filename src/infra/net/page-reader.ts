import { LRUCache } from 'lru-cache';
import { charsetOf, readPage } from '../../core/link-previews/page.js';
import type { LinkPreview } from '../../core/views.js';
import { publicOr } from './addresses.js';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.js';

const LIMIT_MS = 6_000;
/** A page's head is at its beginning; what comes after is not read. */
const MOST_BYTES = 512 * 1024;
const KEPT_MS = 60 * 60_000;

/** Sites give what they show in previews to those who say that they make one. */
const HEADERS = { accept: 'text/html,application/xhtml+xml,image/*;q=0.8', 'user-agent': 'ParleyBot (link preview)' };

/**
 * Reads what pages of others say of themselves: from public addresses and the hosts the admin lists, without cookies,
 * referrer or anything of the reader. What was found is known for an hour, to the user who asked alone.
 */
export class PageReader {
  readonly #web: { fetch: GuardedFetch; close(): Promise<void> };
  readonly #known = new LRUCache<string, { preview: LinkPreview | undefined }>({ max: 2_000, ttl: KEPT_MS });

  constructor(hosts: readonly string[]) {
    this.#web = createGuardedFetch(publicOr(hosts));
  }

  async read(userId: string, url: string): Promise<LinkPreview | undefined> {
    const key = `${userId} ${url}`;
    const known = this.#known.get(key);
    if (known) return known.preview;
    // Whatever goes wrong, there is nothing to show.
    const preview = await this.#look(url).catch(() => undefined);
    this.#known.set(key, { preview });
    return preview;
  }

  close(): Promise<void> {
    return this.#web.close();
  }

  async #look(url: string): Promise<LinkPreview | undefined> {
    const response = await this.#web.fetch(url, { headers: HEADERS }, AbortSignal.timeout(LIMIT_MS));
    const type = response.headers.get('content-type')?.toLowerCase() ?? '';
    const isPage = /^(?:text\/html|application\/xhtml\+xml)\b/.test(type);
    if (!response.ok || !isPage) {
      await response.body?.cancel();
      return response.ok && /^image\/(?:png|jpeg|gif|webp|avif)\b/.test(type) ? { url, picture: url } : undefined;
    }
    const bytes = await beginning(response);
    const html = decoded(bytes, charsetOf(type, bytes.toString('latin1', 0, 2048)));
    const page = readPage(html, response.url || url);
    return page && { ...page, url };
  }
}

async function beginning(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop ends the request.
    if (size >= MOST_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES);
}

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
