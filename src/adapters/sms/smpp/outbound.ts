import { randomInt } from 'node:crypto';
import { AdapterError, type Host, type OutgoingMessage, type Sent } from '../../../sdk/index.js';
import { destinationOf, smppAddress } from '../ids.js';
import type { Journal, JournalState } from '../journal.js';
import { addGroup, applyEarly, type Known, normalId } from '../receipts.js';
import { cleanText, encode, split } from '../text.js';
import { type Link, NoAnswer } from './link.js';
import { submitResponseSchema } from './pdu.js';
import { status, submitRefusal } from './status.js';

const submitTimeoutMs = 30_000;
const recentLimit = 5_000;
const resumesLimit = 100;
const resumeLifeMs = 24 * 3_600_000;
/** Lets the core store what `message` answered before a receipt that came first speaks of it. */
const settleMs = 100;

type Way = { from: string; to: string };

/** Sends texts as `submit_sm`, long ones in parts with a concatenation header, and knows which ids are ours. */
export class SmppOutbound {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #link: () => Link;
  readonly #recent = new Map<string, string>();
  readonly #underWay = new Set<{ since: number }>();
  #reference = randomInt(256);
  #cancelSettle: (() => void) | undefined;
  #stopped = false;

  constructor(host: Host, journal: Journal, link: () => Link) {
    this.#host = host;
    this.#journal = journal;
    this.#link = link;
  }

  readonly known: Known = {
    single: (id) => this.#recent.get(id),
    sendsUnderWay: (at) => [...this.#underWay].some((send) => send.since <= at),
  };

  async send(chatId: string, message: OutgoingMessage, from: string): Promise<Sent> {
    const to = destinationOf(chatId);
    if (message.attachments.length > 0) throw new AdapterError('rejected', 'an SMS carries no attachments');
    const { encoding, parts } = split(message.text);
    if (parts.length === 0 || cleanText(message.text).trim() === '')
      throw new AdapterError('rejected', 'an SMS needs a text');
    if (parts.length > 255) throw new AdapterError('rejected', 'the text is too long for one SMS (255 parts)');
    const send = { since: this.#host.clock.now() };
    this.#underWay.add(send);
    try {
      return await this.#sendParts({ from, to }, message, parts, encoding === 'ucs2' ? 8 : 0);
    } finally {
      this.#underWay.delete(send);
      this.#settleSoon();
    }
  }

  /** Whether parts of this message are out already. */
  hasBegun(key: string): boolean {
    return this.#journal.state.resumes.some((resume) => resume.key === key);
  }

  async #sendParts(way: Way, message: OutgoingMessage, parts: string[], coding: number): Promise<Sent> {
    const begun = this.#journal.state.resumes.find(
      (resume) => resume.key === message.key && resume.count === parts.length,
    );
    const ref = begun?.ref ?? this.#nextReference();
    const ids = [...(begun?.ids ?? [])];
    for (let index = ids.length; index < parts.length; index++) {
      const body = encode(parts[index] ?? '', coding === 8 ? 'ucs2' : 'gsm7');
      const header = parts.length > 1 ? Buffer.from([5, 0, 3, ref, parts.length, index + 1]) : undefined;
      try {
        ids.push(await this.#submit(way, coding, header, body, message.signal));
      } catch (error) {
        throw await this.#partial(error, message.key, { ref, ids, count: parts.length });
      }
    }
    return this.#accepted(way.to, message.key, ids, begun !== undefined);
  }

  async #submit(
    { from, to }: Way,
    coding: number,
    header: Buffer | undefined,
    body: Buffer,
    signal: AbortSignal,
  ): Promise<string> {
    const source = smppAddress(from);
    const destination = smppAddress(to);
    const fields = {
      source_addr_ton: source.ton,
      source_addr_npi: source.npi,
      source_addr: source.address,
      dest_addr_ton: destination.ton,
      dest_addr_npi: destination.npi,
      destination_addr: destination.address,
      esm_class: header ? 0x40 : 0,
      registered_delivery: 1,
      data_coding: coding,
      short_message: header ? Buffer.concat([header, body]) : body,
    };
    const answer = await this.#link()
      .submit('submit_sm', fields, submitTimeoutMs, signal)
      .catch((error: unknown) => {
        throw errorOf(error);
      });
    if (answer.status !== status.ok) throw submitRefusal(answer.status);
    const parsed = submitResponseSchema.safeParse(answer.fields);
    return parsed.success ? parsed.data.message_id : '';
  }

  /** Keeps how far a long message came where a later try may go on, and says so in the reason. */
  async #partial(
    error: unknown,
    key: string,
    progress: { ref: number; ids: string[]; count: number },
  ): Promise<unknown> {
    const { ids, count } = progress;
    if (ids.length === 0 || !(error instanceof AdapterError)) return error;
    const { kind, retryAfterMs } = error;
    if (kind === 'temporary' || kind === 'rate-limited') {
      const now = this.#host.clock.now();
      await this.#journal
        .commit((state) => ({
          state: {
            ...state,
            resumes: [...withoutResume(state, key, now), { key, ...progress, at: now }].slice(-resumesLimit),
          },
          events: [],
        }))
        .catch((cause: unknown) =>
          this.#host.log.warn('could not keep how far a long SMS came', { error: String(cause) }),
        );
      const kept = this.#journal.state.resumes.some((resume) => resume.key === key);
      if (!kept)
        return new AdapterError('unknown-outcome', `${error.message}; ${ids.length} of ${count} parts were sent`, {
          cause: error,
          partsSent: ids.length,
        });
    }
    const message = `${error.message}; ${ids.length} of ${count} parts were sent`;
    return new AdapterError(kind, message, {
      cause: error,
      partsSent: ids.length,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  async #accepted(to: string, key: string, rawIds: string[], resumed: boolean): Promise<Sent> {
    const ids = rawIds.map(normalId);
    const sent: Sent = { proof: 'sent', parts: ids.length, at: this.#host.clock.now() };
    if (ids.some((id) => id === '')) return sent;
    const target = ids.length === 1 ? (ids[0] ?? '') : `${ids[0]}+${ids.length - 1}`;
    if (ids.length === 1) this.#remember(target, to);
    if (ids.length > 1 || resumed) {
      const now = this.#host.clock.now();
      await this.#journal
        .commit((state) => {
          const rest = { ...state, resumes: withoutResume(state, key, now) };
          return { state: ids.length > 1 ? addGroup(rest, target, to, ids, now) : rest, events: [] };
        })
        .catch((error: unknown) =>
          this.#host.log.warn('receipts of a long SMS will not be matched', { error: String(error) }),
        );
    }
    return { ...sent, remoteId: target, providerId: rawIds.join(',').slice(0, 500) };
  }

  #remember(id: string, to: string): void {
    this.#recent.set(id, to);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > recentLimit && !oldest.done) this.#recent.delete(oldest.value);
  }

  #nextReference(): number {
    this.#reference = (this.#reference + 1) % 256;
    return this.#reference;
  }

  #settleSoon(): void {
    if (this.#stopped) return;
    this.#cancelSettle ??= this.#host.clock.after(settleMs, () => {
      this.#cancelSettle = undefined;
      this.settle();
    });
  }

  /** Applies reports that came before their answers; also those an earlier run left behind. */
  settle(): void {
    if (this.#journal.state.early.length === 0) return;
    this.#journal
      .commit((state) => applyEarly(state, this.known))
      .catch((error: unknown) =>
        this.#host.log.warn('early delivery reports wait for storage', { error: String(error) }),
      );
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSettle?.();
    this.#cancelSettle = undefined;
  }
}

function withoutResume(state: JournalState, key: string, now: number): JournalState['resumes'] {
  return state.resumes.filter((resume) => resume.key !== key && resume.at + resumeLifeMs > now);
}

function errorOf(error: unknown): unknown {
  if (!(error instanceof NoAnswer)) return error;
  if (!error.written) return new AdapterError('temporary', error.message, { cause: error });
  return new AdapterError('unknown-outcome', `the SMS may have been sent: ${error.message}`, { cause: error });
}
