import type { createClient, MatrixClient } from 'matrix-js-sdk';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { Log } from '../../sdk/index.js';
import { oneLine } from './reasons.js';
import type { Wire } from './wire.js';

const v3 = '/_matrix/client/v3';

export type Query = Record<string, string | number | boolean>;
export type Options = { query?: Query; body?: Record<string, unknown>; signal?: AbortSignal; prefix?: string };
type SecretKeys = NonNullable<
  NonNullable<Parameters<typeof createClient>[0]['cryptoCallbacks']>['getSecretStorageKey']
>;

export type ClientOptions = {
  baseUrl: string;
  wire: Wire;
  log: Log;
  who?: { userId: string; deviceId: string; accessToken: string };
  secretKey?: SecretKeys;
};

/**
 * A client of matrix-js-sdk that does nothing by itself: it is never "started", our own loop asks for what is new. The
 * library is loaded with the first one, as it takes its time and tens of megabytes.
 */
export async function makeClient({ baseUrl, wire, log, who, secretKey }: ClientOptions): Promise<MatrixClient> {
  const [sdk, { logger }] = await Promise.all([import('matrix-js-sdk'), import('matrix-js-sdk/lib/logger.js')]);
  // What it says beside the logger that it is given is nothing that anyone could act on.
  if ('setLevel' in logger && typeof logger.setLevel === 'function') logger.setLevel('silent', false);
  return sdk.createClient({
    baseUrl,
    fetchFn: wire.fetch,
    store: new sdk.MemoryStore(),
    logger: quiet(log),
    ...who,
    ...(secretKey && { cryptoCallbacks: { getSecretStorageKey: secretKey } }),
  });
}

/** The calls of the client-server API; answers are unknown until a schema has read them. */
export class Api {
  constructor(
    readonly client: MatrixClient,
    /** As people are told of it. */
    readonly server: string,
  ) {}

  get(path: string, options: Options = {}): Promise<unknown> {
    return this.#ask(Method.Get, path, options);
  }

  put(path: string, options: Options = {}): Promise<unknown> {
    return this.#ask(Method.Put, path, { body: {}, ...options });
  }

  post(path: string, options: Options = {}): Promise<unknown> {
    return this.#ask(Method.Post, path, { body: {}, ...options });
  }

  /** Without an access token. */
  async open(method: 'GET' | 'POST', path: string, options: Options = {}): Promise<unknown> {
    const { query, body, signal, prefix = v3 } = options;
    const verb = method === 'GET' ? Method.Get : Method.Post;
    return this.client.http.request<unknown>(verb, path, query, body, {
      prefix,
      ...(signal && { abortSignal: signal }),
    });
  }

  async upload(content: Uint8Array<ArrayBuffer>, type: string, name: string, signal: AbortSignal): Promise<unknown> {
    const text = await this.client.http.authedRequest<string>(Method.Post, '/upload', { filename: name }, content, {
      prefix: '/_matrix/media/v3',
      json: false,
      headers: { 'Content-Type': type },
      abortSignal: signal,
    });
    return JSON.parse(text);
  }

  async bytes(path: string, options: Options = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { query, signal, prefix = '/_matrix/client/v1' } = options;
    const blob = await this.client.http.authedRequest<Blob>(Method.Get, path, query, undefined, {
      ...{ prefix, rawResponseBody: true },
      ...(signal && { abortSignal: signal }),
    });
    return new Uint8Array(await blob.arrayBuffer());
  }

  #ask(method: Method, path: string, { query, body, signal, prefix = v3 }: Options): Promise<unknown> {
    return this.client.http.authedRequest<unknown>(method, path, query, body, {
      prefix,
      ...(signal && { abortSignal: signal }),
    });
  }
}

/** A path with its variable parts made safe. */
export const path = (parts: TemplateStringsArray, ...values: string[]): string =>
  parts.reduce((whole, part, index) => `${whole}${encodeURIComponent(values[index - 1] ?? '')}${part}`);

type Logger = NonNullable<Parameters<typeof createClient>[0]['logger']>;

/** Only what went wrong is kept, and at the level for those who look for faults. */
function quiet(log: Log): Logger {
  const say = (...words: unknown[]) => log.debug(`matrix-js-sdk: ${oneLine(words.map(String).join(' '), 500)}`);
  const none = () => {};
  const logger: Logger = { trace: none, debug: none, info: none, warn: say, error: say, getChild: () => logger };
  return logger;
}
