import { type Event, type Host, limits, type MessageEvent } from '../../../sdk/index.js';
import { sentTo } from '../desk.js';
import { buddyOf, chatWith, digest, ownNumber, type Region, senderAddress } from '../ids.js';
import type { Journal, JournalState, Step } from '../journal.js';
import { addPart, type Concat, isConcat, readHeader } from '../reassembly.js';
import { applyReport, type Known, readReport } from '../receipts.js';
import { decode, decodeGsm } from '../text.js';
import type { Link } from './link.js';
import { bodyOf, type Mobile, mobileSchema, type Pdu } from './pdu.js';
import { status } from './status.js';

const seenLimit = 200;
const seenLifeMs = 15 * 60_000;
/** No centre repeats an unanswered PDU on a live link sooner than this. */
const repeatAfterMs = 5_000;

/** PDUs not stored yet at which reading stops; it goes on at half of them. */
const holdAt = limits.pendingEvents / 2;

type Arrival = { link: number; sequence: number; answered: number | undefined };

/**
 * Turns `deliver_sm` and `data_sm` into events, and answers success only once they are stored.
 *
 * SMPP 3.4 gives an incoming message no id, so what can be proved of a repeat is this: a PDU with the same sender,
 * receiver, coding and bytes is a repeat if the one before was stored but its answer may not have arrived, that is, the
 * link ended before a later exchange on it proved otherwise, or it is still unanswered after 5 s (or under the same
 * sequence number). The same bytes after an answer that did arrive are a new message: people do say "ok" twice.
 * Where the centre gives an id (`receipted_message_id` on a message), that id is used, and the core drops repeats for good.
 */
export class SmppInbound {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #region: Region;
  readonly #known: Known;
  readonly #arrivals = new Map<string, Arrival>();
  #link = 0;
  #order = 0;
  #open = 0;
  #holding: Link | undefined;

  constructor(host: Host, journal: Journal, region: Region, known: Known) {
    this.#host = host;
    this.#journal = journal;
    this.#region = region;
    this.#known = known;
  }

  /** A new connection: what the old one left unconfirmed may be repeated. */
  onLink(): void {
    this.#link++;
  }

  /** A point in time; a reply to anything sent after it proves that earlier answers arrived. */
  mark(): number {
    return ++this.#order;
  }

  /** Forgets the answers given before `mark`: they arrived. */
  async confirm(mark: number): Promise<void> {
    const sure = new Set<string>();
    for (const [key, arrival] of this.#arrivals) {
      if (arrival.link === this.#link && arrival.answered !== undefined && arrival.answered < mark) sure.add(key);
    }
    if (sure.size === 0) return;
    await this.#journal.commit((state) => ({
      state: { ...state, seen: state.seen.filter((entry) => !sure.has(entry.digest)) },
      events: [],
    }));
    for (const key of sure) this.#arrivals.delete(key);
  }

  async onMobile(link: Link, pdu: Pdu): Promise<void> {
    const parsed = mobileSchema.safeParse(pdu.fields);
    const bytes = parsed.success ? bodyOf(parsed.data) : undefined;
    if (!parsed.success || !bytes) return link.respond(pdu, status.invalidLength);
    const mobile = parsed.data;
    const key = digestOf(mobile, bytes);
    const linkNumber = this.#link;
    if (++this.#open >= holdAt) {
      this.#holding = link;
      link.hold();
    }
    try {
      await this.#journal.commit(this.#step(mobile, bytes, key, pdu.sequence));
      const arrival = this.#arrivals.get(key);
      if (arrival && arrival.link === linkNumber) arrival.answered = ++this.#order;
      link.respond(pdu, status.ok, { message_id: '' });
    } catch (error) {
      this.#host.log.warn('incoming SMS not stored, the SMS centre will repeat it', { error: String(error) });
      link.respond(pdu, status.temporaryApplicationError);
    } finally {
      if (--this.#open <= holdAt / 2) this.#readOn();
    }
  }

  #readOn(): void {
    const link = this.#holding;
    this.#holding = undefined;
    link?.release();
  }

  #step(mobile: Mobile, bytes: Buffer, key: string, sequence: number): Step {
    const now = this.#host.clock.now();
    const link = this.#link;
    return (before) => {
      const repeat = this.#isRepeat(before, key, sequence, link, now);
      this.#arrivals.set(key, { link, sequence, answered: undefined });
      if (repeat) return { state: before, events: [] };
      const seen = [
        ...before.seen.filter((entry) => entry.digest !== key && entry.at + seenLifeMs > now),
        { digest: key, at: now },
      ];
      for (const entry of seen.splice(0, Math.max(0, seen.length - seenLimit))) this.#arrivals.delete(entry.digest);
      return this.#read({ ...before, seen }, mobile, bytes, key, now);
    };
  }

  #isRepeat(state: JournalState, key: string, sequence: number, link: number, now: number): boolean {
    const entry = state.seen.find((candidate) => candidate.digest === key);
    if (!entry || entry.at + seenLifeMs <= now) return false;
    const arrival = this.#arrivals.get(key);
    if (!arrival || arrival.link !== link) return true;
    if (arrival.answered !== undefined) return false;
    return arrival.sequence === sequence || now - entry.at >= repeatAfterMs;
  }

  #read(
    state: JournalState,
    mobile: Mobile,
    bytes: Buffer,
    key: string,
    now: number,
  ): { state: JournalState; events: Event[] } {
    if (isReport(mobile)) {
      const about = { id: mobile.receipted_message_id, state: mobile.message_state, from: mobile.source_addr };
      const report = readReport(decodeGsm(bytes), about, now);
      if (report) return applyReport(state, report, this.#known);
      this.#host.log.info('a delivery report named no message or no state');
      return { state, events: [] };
    }
    const from = senderAddress(mobile.source_addr, this.#region, mobile.source_addr_ton === 1);
    const to = ownNumber(mobile.destination_addr, this.#region);
    const { concat, body } = mobile.esm_class & 0x40 ? readHeader(bytes) : { concat: sarOf(mobile), body: bytes };
    if (concat) {
      const group = digest(from, mobile.destination_addr, concat.ref, concat.total);
      const { index, total } = concat;
      return addPart(state, {
        group,
        from,
        ...(to === undefined ? {} : { to }),
        index,
        total,
        coding: mobile.data_coding,
        body: body.toString('base64'),
        at: now,
      });
    }
    const id = mobile.receipted_message_id
      ? `id.${mobile.receipted_message_id.slice(0, 100)}`
      : `${key}.${now.toString(36)}.${this.mark()}`;
    const text = decode(body, mobile.data_coding);
    const buddy = buddyOf(from);
    const event: MessageEvent = {
      type: 'message',
      chat: chatWith(from),
      id,
      from: buddy,
      text,
      format: 'plain',
      at: now,
    };
    return { state, events: [to === undefined ? event : sentTo(event, to)] };
  }
}

/** A report is what `esm_class` says is one (SMPP 3.4 section 5.2.12), never what a sender's text looks like. */
function isReport(mobile: Mobile): boolean {
  return [0x04, 0x08, 0x20].includes(mobile.esm_class & 0x3c);
}

function sarOf(mobile: Mobile): Concat | undefined {
  const { sar_msg_ref_num: ref, sar_total_segments: total, sar_segment_seqnum: index } = mobile;
  if (ref === undefined || total === undefined || index === undefined) return undefined;
  const concat = { ref, total, index };
  return isConcat(concat) ? concat : undefined;
}

function digestOf(mobile: Mobile, bytes: Buffer): string {
  return digest(
    mobile.source_addr,
    mobile.destination_addr,
    mobile.esm_class,
    mobile.data_coding,
    bytes,
    mobile.receipted_message_id ?? '',
    mobile.message_state ?? '',
    mobile.user_message_reference ?? '',
    `${mobile.sar_msg_ref_num ?? ''}/${mobile.sar_segment_seqnum ?? ''}`,
  );
}
