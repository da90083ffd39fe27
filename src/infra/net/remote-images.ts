import { AtOnce } from '../../core/at-once.js';
import { DomainError, notFound } from '../../core/errors.js';
import { errorText } from '../../core/log.js';
import type { ImageService } from '../../core/services.js';
import { ForbiddenAddress, publicOr } from './addresses.js';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.js';
import { imageType } from './image-type.js';

const LIMIT_MS = 8_000;
const MOST_BYTES = 5 * 1024 * 1024;
/** Of one user at once; a page full of them comes a few at a time. */
const AT_ONCE = 12;

/** The addresses of images that a message shows; undefined where there is no such message. */
export type NamedImages = (userId: string, messageId: string) => Promise<readonly string[] | undefined>;

/**
 * Images of other servers that a message names, fetched when a person asks: from public addresses and the hosts the
 * admin lists. The other server learns our address, and nothing of who reads.
 */
export class RemoteImages implements ImageService {
  readonly #web: { fetch: GuardedFetch; close(): Promise<void> };
  readonly #atOnce = new AtOnce(AT_ONCE, tooMany);

  constructor(
    private readonly namedIn: NamedImages,
    hosts: readonly string[],
  ) {
    this.#web = createGuardedFetch(publicOr(hosts));
  }

  async open(userId: string, messageId: string, url: string): Promise<{ type: string; content: Uint8Array }> {
    const named = await this.namedIn(userId, messageId);
    if (named === undefined) throw notFound('message');
    if (!named.includes(url)) throw notFound('image');
    return this.#atOnce.run(userId, () => this.#fetch(url));
  }

  close(): Promise<void> {
    return this.#web.close();
  }

  async #fetch(url: string): Promise<{ type: string; content: Uint8Array }> {
    const content = await this.#read(url).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const type = imageType(content);
    if (type === undefined)
      throw new DomainError('invalid', 'not-an-image', 'What is there is not a PNG, JPEG, GIF, WebP or AVIF image.');
    return { type, content };
  }

  async #read(url: string): Promise<Uint8Array> {
    const headers = { accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif', 'user-agent': 'Parley' };
    const response = await this.#web.fetch(url, { headers }, AbortSignal.timeout(LIMIT_MS));
    if (!response.ok) {
      await response.body?.cancel();
      throw new TypeError(`the server answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      // Leaving the loop ends the request.
      if (size > MOST_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

const tooMany = () => new DomainError('limited', 'too-many-images', `At most ${AT_ONCE} images are fetched at once.`);
const tooLarge = () =>
  new DomainError('too-large', 'image-too-large', `An image has at most ${MOST_BYTES / 1024 / 1024} MiB.`);

function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof ForbiddenAddress)
      return new DomainError('forbidden', 'forbidden-address', `The image is not fetched: ${at.message}.`);
  const late = error instanceof Error && error.name === 'TimeoutError';
  const why = late ? `no answer within ${LIMIT_MS / 1000} s` : errorText(error);
  return new DomainError('unavailable', 'image-unavailable', `The image could not be fetched: ${why}.`, {
    retryAfterMs: 30_000,
    cause: error,
  });
}
