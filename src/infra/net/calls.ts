import { errorText } from '../../core/log.js';
import { type AddressPolicy, publicOr } from './addresses.js';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.js';

const LIMIT_MS = 10_000;
/** Read so that the connection can be used again; a longer answer ends it. */
const MOST_READ = 16 * 1024;

export type Posted = { url: string; headers: Record<string, string>; body: string | Uint8Array<ArrayBuffer> | null };
/** What the body of an answer says does not matter. */
export type Answered = Pick<Response, 'ok' | 'status' | 'headers'>;

/** Posts to addresses that somebody else wrote: public ones, and those that the admin lists. Redirects are the answer. */
export class Calls {
  readonly policy: AddressPolicy;
  readonly #web: { fetch: GuardedFetch; close(): Promise<void> };

  constructor(hosts: readonly string[]) {
    this.policy = publicOr(hosts);
    this.#web = createGuardedFetch(this.policy, { redirects: 'never' });
  }

  /** Rejects with what `reasonOf` puts in words. */
  async post({ url, headers, body }: Posted, stop: AbortSignal): Promise<Answered> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS)]);
    const response = await this.#web.fetch(url, { method: 'POST', headers, body }, signal);
    await drop(response);
    return response;
  }

  close(): Promise<void> {
    return this.#web.close();
  }
}

async function drop(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let read = 0; read <= MOST_READ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      read += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The status line was the answer.
  }
}

/** Why a call came to nothing. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `it did not answer within ${LIMIT_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return errorText(error);
  return cause.message || ('code' in cause ? String(cause.code) : errorText(error));
}
