import { Agent, fetch as undiciFetch } from 'undici';
import { type Host, type LoginContext, trust } from '../../sdk/index.js';
import { TooSlow } from './reasons.js';

const limitMs = { usual: 20_000, media: 29_000, sync: 29_000 };
const mostBytes = 50 * 1024 * 1024;

/** What a request needs of the host or of the sign-in. */
type Surroundings = Pick<Host | LoginContext, 'fetch' | 'checkServer' | 'clock'>;
type Input = Parameters<typeof globalThis.fetch>[0];

/**
 * Every request of an account. It ends within its time, body included; none is under way any more once it is closed. What
 * changes something waits for `before`, which stores the keys that it depends on: nothing leaves before they are safe.
 */
export class Wire {
  before: (() => Promise<void>) | undefined;
  readonly #underWay = new Set<AbortController>();
  readonly #agent: Agent | undefined;
  #closed = false;

  constructor(
    private readonly host: Surroundings,
    certificate: string | undefined,
  ) {
    if (certificate === undefined) return;
    this.#agent = new Agent({ connect: { ...trust(certificate), timeout: 10_000 } });
  }

  /** For matrix-js-sdk. */
  readonly fetch = async (input: Input, init: RequestInit = {}): Promise<Response> => {
    if (this.#closed) return refusal();
    const url = input instanceof Request ? input.url : String(input);
    if (init.method !== undefined && init.method !== 'GET') await this.before?.();
    const control = new AbortController();
    this.#underWay.add(control);
    const cancel = this.host.clock.after(limitOf(url), () => control.abort(new TooSlow('no answer in time')));
    const signal = init.signal ? AbortSignal.any([control.signal, init.signal]) : control.signal;
    try {
      const response = await this.#fetch(url, { ...init, signal });
      const body = await readBody(response, signal);
      const { status, headers } = response;
      return new Response(body.length === 0 || status === 204 ? null : body, {
        status: sane(status),
        headers: [...headers],
      });
    } catch (error) {
      const cause = control.signal.aborted && control.signal.reason instanceof TooSlow ? control.signal.reason : error;
      throw new Failed('the request failed', { cause });
    } finally {
      cancel();
      this.#underWay.delete(control);
    }
  };

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    for (const control of this.#underWay) control.abort(new Error('the account is stopped'));
    void this.#agent?.destroy();
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    if (!this.#agent) return this.host.fetch(url, init);
    await this.host.checkServer(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'));
    // The two declarations of RequestInit and Response (the platform's and undici's) describe the same objects.
    const options = { ...init, dispatcher: this.#agent } as Parameters<typeof undiciFetch>[1];
    return (await undiciFetch(url, options)) as unknown as Response;
  }
}

/** By this name matrix-js-sdk passes it on as it is, cause and all, and does not try again by itself. */
class Failed extends Error {
  override readonly name = 'AbortError';
}

/** An answer that matrix-js-sdk does not try again on. */
const refusal = () =>
  new Response('{"errcode":"M_STOPPED","error":"the account is stopped"}', {
    status: 403,
    headers: { 'content-type': 'application/json' },
  });

const sane = (status: number) => (status >= 200 && status <= 599 ? status : 502);

function limitOf(url: string): number {
  if (/\/sync\?/.test(url)) return limitMs.sync;
  return /\/media\//.test(url) ? limitMs.media : limitMs.usual;
}

async function readBody(response: Response, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      size += value.length;
      if (size > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`);
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    if (size > mostBytes) stop();
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
