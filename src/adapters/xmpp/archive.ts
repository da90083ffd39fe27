import type { Element } from '@xmpp/client';
import { AdapterError } from '../../sdk/index.js';
import { readJid, wireId } from './ids.js';
import type { Envelope } from './inbound.js';
import { isFromSelf, stampOf } from './inbound.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el, StanzaError, submitForm } from './wire.js';

/** Messages of one page; servers give fewer if they like. */
export const pageSize = 100;
const maxResults = 300;
const pageMs = 60_000;

export type Query = {
  /** The room whose archive is meant; absent: our own. */
  room?: string;
  with?: string;
  /** Server time, ms since the epoch. */
  start?: number;
  end?: number;
  after?: string;
  /** The empty text: the last page. */
  before?: string;
  max?: number;
};

export type Page = { messages: Envelope[]; first?: string; last?: string; complete: boolean };

/** Asks message archives (XEP-0313), ours and those of rooms, page by page (XEP-0059). */
export class Archives {
  readonly #open = new Map<string, { room: string | undefined; messages: Envelope[] }>();

  constructor(private readonly session: Session) {}

  /** Takes a message that answers a query; false for any other. */
  take(stanza: Element): boolean {
    const result = stanza.getChild('result', ns.mam);
    if (!result) return false;
    const query = this.#open.get(result.attrs.queryid ?? '');
    const forwarded = result.getChild('forwarded', ns.forward);
    const message = forwarded?.getChild('message');
    const archive = wireId(result.attrs.id);
    if (!query || !forwarded || !message || archive === undefined || query.messages.length >= maxResults) return true;
    const { room } = query;
    const mayAnswer =
      room === undefined ? isFromSelf(stanza, this.session.jid) : readJid(stanza.attrs.from)?.full === room;
    if (!mayAnswer) return true;
    const stamp = stampOf(forwarded.getChild('delay', ns.delay));
    query.messages.push({
      ...{ message, way: 'archive', archive },
      ...(stamp !== undefined && { stamp }),
      ...(room !== undefined && { room }),
    });
    return true;
  }

  /** @throws StanzaError where the archive refuses, AdapterError where it does not answer */
  async page(query: Query): Promise<Page> {
    const { room, start, end, after, before, max = pageSize } = query;
    const queryid = crypto.randomUUID();
    const messages: Envelope[] = [];
    this.#open.set(queryid, { room, messages });
    const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
    const set = el(
      'set',
      { xmlns: ns.rsm },
      el('max', {}, String(max)),
      after === undefined ? undefined : el('after', {}, after),
      before === undefined ? undefined : el('before', {}, before),
    );
    const form = submitForm(ns.mam, { with: query.with, start: time(start), end: time(end) });
    try {
      const answer = await this.session.iq('set', room, el('query', { xmlns: ns.mam, queryid }, form, set), pageMs);
      const fin = answer.getChild('fin', ns.mam);
      if (!fin) throw new AdapterError('temporary', 'the archive gave no answer');
      const bounds = fin.getChild('set', ns.rsm);
      const [first, last] = [bounds?.getChildText('first'), bounds?.getChildText('last')].map((id) => wireId(id ?? ''));
      const complete = ['true', '1'].includes(fin.attrs.complete ?? '') || messages.length === 0;
      return { messages, complete, ...(first !== undefined && { first }), ...(last !== undefined && { last }) };
    } finally {
      this.#open.delete(queryid);
    }
  }
}

/** The archive no longer has the message a page was to begin at. */
export const isGone = (error: unknown): boolean =>
  error instanceof StanzaError && ['item-not-found', 'bad-request'].includes(error.condition);
