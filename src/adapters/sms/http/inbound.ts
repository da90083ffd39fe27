import { createHash, timingSafeEqual } from 'node:crypto';
import type { Event, Host, MessageEvent, WebhookRequest, WebhookResponse } from '../../../sdk/index.js';
import { sentTo } from '../desk.js';
import { buddyOf, chatWith, digest, ownNumber, type Region, senderAddress } from '../ids.js';
import type { Journal, JournalState, Step } from '../journal.js';
import { addPart, type Concat, isConcat, type Part } from '../reassembly.js';
import { cleanText, encode } from '../text.js';
import { concatIn } from './concat.js';
import { MalformedBody, readParameters } from './parameters.js';
import { deliveryStatus } from './reports.js';
import { isSigned } from './signature.js';

export const bodyLimit = 256 * 1024;
const textLimit = 20_000;
/** Without id and time of its own, the same text from the same sender within this time is taken for a repeat. */
const repeatWindowMs = 60_000;

const names = {
  from: ['from', 'sender', 'source', 'msisdn', 'originator', 'phone'],
  to: ['to', 'receiver', 'recipient', 'destination'],
  text: ['text', 'message', 'body', 'content'],
  id: ['id', 'message_id', 'messageid', 'message-id', 'msgid', 'smsid'],
  time: ['timestamp', 'time', 'ts', 'date', 'sent_at'],
  key: ['key'],
  status: ['status', 'stat', 'state', 'type'],
  reason: ['reason', 'reply', 'error', 'err', 'description'],
} as const;

type Values = Map<string, string>;
/** `mark` goes before the gateway's own ids of what we sent. */
type Options = { webhookToken: string; signingSecret: string; mark: string };

function pick(values: Values, name: keyof typeof names): string | undefined {
  for (const alias of names[name]) {
    const value = values.get(alias);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/**
 * The account's webhook: `/incoming` takes messages, `/dlr` delivery reports, each by GET or POST (form, JSON, or
 * Kannel's raw body with `X-Kannel-*` headers). The token is the query parameter `token` or the path's last segment.
 * A success carries no body, as Kannel would send one back to the phone.
 */
export class HttpInbound {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #token: Buffer;
  readonly #signingSecret: string;
  readonly #mark: string;
  readonly #region: Region;

  constructor(host: Host, journal: Journal, options: Options, region: Region) {
    this.#host = host;
    this.#journal = journal;
    this.#token = sha256(options.webhookToken);
    this.#signingSecret = options.signingSecret;
    this.#mark = options.mark;
    this.#region = region;
  }

  async onRequest(request: WebhookRequest): Promise<WebhookResponse> {
    const [, kind = '', pathToken] = request.path.replace(/\/+$/, '').split('/');
    if (!timingSafeEqual(sha256(request.query.token ?? pathToken ?? ''), this.#token))
      return refuse(403, 'the token is missing or wrong');
    if (kind !== 'incoming' && kind !== 'dlr' && kind !== '') return refuse(404, 'use /incoming or /dlr');
    if (request.method !== 'GET' && request.method !== 'POST') return refuse(405, 'use GET or POST');
    if (request.body.length > bodyLimit) return refuse(413, `at most ${bodyLimit} bytes`);
    if (this.#signingSecret !== '' && !isSigned(request, this.#signingSecret))
      return refuse(403, 'the signature is missing or wrong');
    let step: Step | string;
    try {
      const values = readParameters(request);
      step = kind === 'dlr' ? this.#report(values) : this.#message(values);
    } catch (error) {
      if (error instanceof MalformedBody) return refuse(400, error.message);
      throw error;
    }
    if (typeof step === 'string') return refuse(400, step);
    try {
      await this.#journal.commit(step);
    } catch (error) {
      this.#host.log.warn('webhook call not stored, the gateway is asked to repeat it', { error: String(error) });
      return refuse(503, 'not stored, try again');
    }
    return { status: 200, body: '', type: 'text/plain; charset=utf-8' };
  }

  #message(values: Values): Step | string {
    const sender = pick(values, 'from');
    const text = pick(values, 'text');
    if (sender === undefined) return 'from is missing';
    if (text === undefined) return 'text is missing';
    if (text.length > textLimit) return 'text is too long';
    const from = senderAddress(sender, this.#region, false);
    const to = ownNumber(pick(values, 'to') ?? '', this.#region);
    const now = this.#host.clock.now();
    const time = pick(values, 'time');
    const concat = concatIn(values);
    if (concat && isConcat(concat)) return part(concat, { from, to, text: cleanText(text), at: remoteTime(time, now) });
    const id = pick(values, 'id');
    const occasion = time ?? String(Math.floor(now / repeatWindowMs));
    const event: MessageEvent = {
      type: 'message',
      chat: chatWith(from),
      id:
        id === undefined
          ? `hash.${digest(from, pick(values, 'to') ?? '', text, occasion)}`
          : `id.${cleanText(id).slice(0, 200)}`,
      from: buddyOf(from),
      text: cleanText(text),
      format: 'plain',
      at: remoteTime(time, now),
    };
    return only(to === undefined ? event : sentTo(event, to));
  }

  #report(values: Values): Step | string {
    const id = pick(values, 'id');
    const target = pick(values, 'key') ?? (id && `${this.#mark}${id}`);
    const said = pick(values, 'status');
    if (target === undefined || target.length > 512) return 'key or id is missing';
    const proves = said === undefined ? undefined : deliveryStatus(said);
    if (said === undefined || proves === undefined) return 'status is missing or not known';
    const words = cleanText(pick(values, 'reason') ?? '').slice(0, 200);
    const reason = proves === 'failed' ? words || `the gateway reported ${cleanText(said).slice(0, 50)}` : undefined;
    const at = this.#host.clock.now();
    return only({ type: 'receipt', target, proves, at, ...(reason === undefined ? {} : { reason }) });
  }
}

/** A part of a long text of a gateway that hands parts over as they come. */
function part(
  concat: Concat,
  { text, to, ...more }: { from: string; to: string | undefined; text: string; at: number },
) {
  const { index, total } = concat;
  const group = digest(more.from, to ?? '', concat.ref, total);
  const body = encode(text, 'ucs2').toString('base64');
  const whole: Part = { ...more, ...(to === undefined ? {} : { to }), group, index, total, coding: 8, body };
  return (state: JournalState) => addPart(state, whole);
}

const only =
  (event: Event): Step =>
  (state) => ({ state, events: [event] });

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(status: number, why: string): WebhookResponse {
  return { status, body: why, type: 'text/plain; charset=utf-8' };
}

/**
 * Seconds or milliseconds since the epoch, or ISO 8601 with a zone; a time without a zone proves nothing. A time in whole
 * seconds that is just now is taken as now, so that an answer does not sort before the message it answers.
 */
function remoteTime(time: string | undefined, now: number): number {
  if (time === undefined) return now;
  const at = /^\d{9,10}$/.test(time)
    ? Number(time) * 1000
    : /^\d{12,13}$/.test(time)
      ? Number(time)
      : /(Z|[+-]\d\d:?\d\d)$/.test(time)
        ? Date.parse(time)
        : Number.NaN;
  return Number.isFinite(at) && at > 0 && at < now - 2_000 ? at : now;
}
