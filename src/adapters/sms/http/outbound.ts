import { z } from 'zod';
import { AdapterError, type Host, type OutgoingMessage, type Sent } from '../../../sdk/index.js';
import { destinationOf } from '../ids.js';
import { explain } from '../reasons.js';
import type { HttpSession } from '../session.js';
import { cleanText, segments } from '../text.js';
import { authenticates, sendRequest } from './request.js';

const answerLimit = 64 * 1024;
const answerWithinMs = 30_000;

/** Sends a text with one request. The receipt's target is our key where the gateway carries it, else the gateway's id. */
export class HttpOutbound {
  readonly #host: Host;
  readonly #session: HttpSession;
  readonly #peer: string;
  readonly #mark: string;
  readonly #onTrouble: (error: AdapterError) => void;

  constructor(host: Host, session: HttpSession, mark: string, onTrouble: (error: AdapterError) => void) {
    this.#host = host;
    this.#session = session;
    this.#peer = new URL(session.url).host;
    this.#mark = mark;
    this.#onTrouble = onTrouble;
  }

  async send(chatId: string, message: OutgoingMessage, from: string): Promise<Sent> {
    const to = destinationOf(chatId);
    if (message.attachments.length > 0) throw new AdapterError('rejected', 'an SMS carries no attachments');
    const text = cleanText(message.text);
    if (text.trim() === '') throw new AdapterError('rejected', 'an SMS needs a text');
    const dlrUrl = this.#dlrUrl(message.key);
    const response = await this.#request(
      sendRequest(this.#session, { from, to, text, key: message.key, dlrUrl }),
      message.signal,
    );
    const refusal = response.ok ? undefined : refusalOf(response, this.#peer, authenticates(this.#session));
    if (refusal) {
      if (refusal.kind === 'auth') this.#onTrouble(refusal);
      throw refusal;
    }
    const providerId = idIn(response.text);
    const carriesKey = dlrUrl !== undefined && /\{(dlrUrl|key)\}/.test(this.#session.parameters || '{dlrUrl}');
    const remoteId = carriesKey ? message.key : providerId && `${this.#mark}${providerId}`;
    return {
      proof: 'sent',
      parts: segments(text).count,
      at: this.#host.clock.now(),
      ...(remoteId === undefined ? {} : { remoteId }),
      ...(providerId === undefined ? {} : { providerId }),
    };
  }

  /** Kannel fills in the `%` escapes: report type and the centre's own words. */
  #dlrUrl(key: string): string | undefined {
    const base = this.#host.webhookUrl?.replace(/\/$/, '');
    if (base === undefined) return undefined;
    const query = new URLSearchParams({ token: this.#session.webhookToken, key });
    return `${base}/dlr?${query}&status=%d&reason=%A`;
  }

  async #request(request: ReturnType<typeof sendRequest>, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) throw new AdapterError('temporary', 'cancelled before it was sent');
    const limit = new AbortController();
    const cancel = this.#host.clock.after(answerWithinMs, () => limit.abort());
    try {
      const response = await this.#host.fetch(request.url, {
        ...request.init,
        signal: AbortSignal.any([signal, limit.signal]),
      });
      const text = await readText(response);
      return { ok: response.ok, status: response.status, text, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      throw this.#failure(error, limit.signal.aborted, signal.aborted);
    } finally {
      cancel();
    }
  }

  #failure(error: unknown, late: boolean, cancelled: boolean): AdapterError {
    if (error instanceof AdapterError) return error;
    if (late || cancelled) {
      const why = late
        ? `${this.#peer} did not answer within ${answerWithinMs / 1000} s`
        : `given up before ${this.#peer} answered`;
      return new AdapterError('unknown-outcome', `the SMS may have been sent: ${why}`, { cause: error });
    }
    const { why, beforeSending } = explain(error, this.#peer, 'HTTP');
    if (!beforeSending)
      return new AdapterError('unknown-outcome', `the SMS may have been sent: ${why}`, { cause: error });
    const failure = new AdapterError('temporary', why, { cause: error });
    this.#onTrouble(failure);
    return failure;
  }
}

type Answer = { ok: boolean; status: number; text: string; retryAfter: string | null };

/** The start of an answer; an endless one is cut, and one that breaks off changes nothing of its status. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= answerLimit) break;
    }
  } catch {
    // The status line came, and that is what counts.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, answerLimit);
}

function refusalOf(answer: Answer, peer: string, signedIn: boolean): AdapterError {
  const said = cleanText(answer.text)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  const why = `${peer} answered ${answer.status}${said === '' ? '' : `: ${said}`}`;
  const { status } = answer;
  if (status === 401 || (status === 403 && signedIn))
    return new AdapterError('auth', `the gateway refused the sign-in (${why})`);
  if (status === 429) return new AdapterError('rate-limited', why, { retryAfterMs: retryAfterMs(answer.retryAfter) });
  if (status === 503) return new AdapterError('temporary', why, { retryAfterMs: retryAfterMs(answer.retryAfter) });
  if (status >= 500) return new AdapterError('unknown-outcome', `the SMS may have been sent: ${why}`);
  if (status >= 300 && status < 400) return new AdapterError('rejected', `${why}; enter the address it redirects to`);
  return new AdapterError('rejected', why);
}

function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? '5');
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : 5_000;
}

const id = z.union([z.string().min(1).max(200), z.number()]).transform(String);
const withId = z.object({ id: id.optional(), message_id: id.optional(), messageId: id.optional(), sid: id.optional() });
const answerSchema = z.union([z.object({ messages: z.array(withId).min(1) }), withId]);

/** The gateway's own id of the message, where its answer is JSON that names one. */
function idIn(text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const names = 'messages' in parsed.data ? parsed.data.messages[0] : parsed.data;
  return names?.id ?? names?.message_id ?? names?.messageId ?? names?.sid;
}
