import { Api, TelegramApiError } from 'node-telegram-bot-api';
import type { z } from 'zod';
import { AdapterError } from '../../sdk/index.js';
import { noAnswer, refusal } from './reasons.js';

const answerWithinMs = 30_000;
/** A full page of updates is far below this. */
const answerLimit = 16 * 1024 * 1024;

/** What calls lean on: a connection's host, or a sign-in's context. */
export type Web = {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  checkServer(host: string): Promise<void>;
  clock: { after(ms: number, fn: () => void): () => void };
};

type CallOptions = {
  signal?: AbortSignal;
  withinMs?: number;
  /** Doing it twice would show twice: where it may have arrived, the outcome is unknown. Else it can be tried again. */
  once?: boolean;
};

/** A group that moved says where to; the error of a call to its old id carries it. */
class Moved extends AdapterError {
  constructor(readonly movedTo: number) {
    super('temporary', 'The group has a new id on Telegram.', { retryAfterMs: 0 });
  }
}

export function movedTo(error: unknown): number | undefined {
  return error instanceof Error && 'movedTo' in error && typeof error.movedTo === 'number' ? error.movedTo : undefined;
}

/** Nobody was there to take the request. */
class Unreachable extends AdapterError {
  readonly unreachable = true;
}

export const isUnreachable = (error: unknown): boolean => error instanceof Error && 'unreachable' in error;

/**
 * The Bot API. The library builds and reads the requests; they go through the host's `fetch`, with our time limit and
 * size limit, and it repeats nothing: trying again is not an adapter's to decide. Errors carry no cause, as the URL in
 * one would give the token away.
 */
export class BotApi {
  readonly peer: string;
  readonly #api: Api;
  readonly #web: Web;
  readonly #root: string;
  readonly #token: string;
  readonly #closed = new AbortController();

  constructor(web: Web, { apiRoot, token }: { apiRoot: string; token: string }) {
    this.#web = web;
    this.#root = apiRoot;
    this.#token = token;
    this.peer = new URL(apiRoot).host;
    const guarded = async (url: unknown, init?: RequestInit) => bounded(await web.fetch(String(url), init));
    this.#api = new Api(token, { apiRoot, maxRetries: 0, timeoutMs: 0, fetch: guarded as typeof fetch });
  }

  /**
   * One call; what is answered is read with `schema`.
   * @throws AdapterError by what happened: a refusal as it is meant, `temporary` where nothing can have arrived or
   * where it does not matter, `unknown-outcome` where it does
   */
  async call<S extends z.ZodType>(
    schema: S,
    run: (api: Api, signal: AbortSignal) => Promise<unknown>,
    { signal, withinMs = answerWithinMs, once = false }: CallOptions = {},
  ): Promise<z.output<S>> {
    if (signal?.aborted || this.#closed.signal.aborted)
      throw new AdapterError('temporary', 'It was given up before it was sent.');
    const late = new AbortController();
    const cancel = this.#web.clock.after(withinMs, () => late.abort());
    const all = AbortSignal.any([late.signal, this.#closed.signal, ...(signal ? [signal] : [])]);
    try {
      await this.#web.checkServer(new URL(this.#root).hostname.replace(/^\[(.*)\]$/, '$1'));
      const answer = schema.safeParse(await run(this.#api, all));
      if (answer.success) return answer.data;
      throw notTheApi();
    } catch (error) {
      throw this.#failure(error, late.signal.aborted ? withinMs : all.aborted ? 'given up' : undefined, once);
    } finally {
      cancel();
    }
  }

  /** The bytes of a file, at most `most`. @throws AdapterError */
  async download(path: string, most: number, signal: AbortSignal): Promise<Uint8Array> {
    const late = new AbortController();
    const cancel = this.#web.clock.after(answerWithinMs, () => late.abort());
    const all = AbortSignal.any([late.signal, this.#closed.signal, signal]);
    try {
      const way = path.split('/').map(encodeURIComponent).join('/');
      const response = await this.#web.fetch(`${this.#root}/file/bot${this.#token}/${way}`, { signal: all });
      if (!response.ok) {
        await response.body?.cancel().catch(() => {});
        throw new AdapterError('rejected', `${this.peer} answered ${response.status}`);
      }
      return await readBytes(response, most);
    } catch (error) {
      throw this.#failure(error, late.signal.aborted ? answerWithinMs : all.aborted ? 'given up' : undefined, false);
    } finally {
      cancel();
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed.abort();
  }

  #failure(error: unknown, ended: number | 'given up' | undefined, once: boolean): AdapterError {
    if (error instanceof AdapterError) return once || error.kind !== 'unknown-outcome' ? error : passing(error.message);
    if (ended === undefined && error instanceof TelegramApiError) {
      const to = error.parameters?.migrate_to_chat_id;
      if (Number.isSafeInteger(to)) return new Moved(Number(to));
      const refused = refusal(error, this.peer, this.#token);
      return once || refused.kind !== 'unknown-outcome' ? refused : passing(refused.message);
    }
    // The library wraps what `fetch` threw, also where the host said no.
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof AdapterError) return cause;
    const { why, sent } = ended === undefined ? noAnswer(error, this.peer) : { why: this.#ended(ended), sent: true };
    if (!sent) return new Unreachable('temporary', `${why}.`);
    return once ? new AdapterError('unknown-outcome', `It may have been sent: ${why}.`) : passing(`${why}.`);
  }

  #ended(how: number | 'given up'): string {
    return how === 'given up'
      ? 'it was given up before the answer'
      : `${this.peer} did not answer within ${how / 1_000} s`;
  }
}

const passing = (why: string) => new AdapterError('temporary', why);

/** The same answer, read to its end within the limit. */
async function bounded(response: Response): Promise<Response> {
  const bytes = await readBytes(response, answerLimit);
  const { status } = response;
  if (status < 200 || status === 204 || (status >= 300 && status < 400)) throw notTheApi();
  return new Response(bytes as BodyInit, { status });
}

const notTheApi = () => Object.assign(new Error('not an answer of a Bot API server'), { code: 'ENOTAPI' });

async function readBytes(response: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) throw new AdapterError('rejected', 'the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
