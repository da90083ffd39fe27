import type { Element } from '@xmpp/client';
import { AdapterError, type Clock, Timers } from '../../sdk/index.js';
import type { Jid } from './ids.js';
import { readJid } from './ids.js';
import { ns } from './ns.js';
import { retry } from './reasons.js';
import { maxUnacked, type Outgoing, StreamManagement } from './sm.js';
import type { Stream } from './stream.js';
import { el, StanzaError } from './wire.js';

const iqMs = 30_000;
const maxIqs = 1_000;
/** Silence after which the server is asked whether it is there, and how long it may take to answer. */
const quietMs = 60_000;
const answerMs = 20_000;

type Iq = { to: string | undefined; resolve(result: Element): void; reject(error: Error): void; cancel(): void };

/** Answers a query of somebody else's; undefined where it is not understood. */
export type Query = (child: Element, stanza: Element) => Element | undefined | 'done';

/**
 * One session of ours at the server. It outlives a connection where stream management lets it be taken up again; then
 * what the server had not yet handled is sent once more, which is the protocol's own way and doubles nothing.
 */
export class Session {
  readonly sm = new StreamManagement();
  /** Messages and presences, in order; `handled` is to be called once what they say is stored. */
  onStanza: (stanza: Element, handled: () => void) => void = (_stanza, handled) => handled();
  onQuery: Query = () => undefined;
  #stream: Stream | undefined;
  readonly #iqs = new Map<string, Iq>();
  readonly #timers: Timers;
  #over: string | undefined;

  constructor(
    readonly jid: Jid,
    private readonly clock: Clock,
  ) {
    this.#timers = new Timers(clock);
  }

  /** A live connection is there. */
  get isLive(): boolean {
    return this.#stream !== undefined;
  }

  get resumable(): { id: string; handled: number } | undefined {
    const { id, handled } = this.sm;
    return this.#over === undefined && id !== undefined ? { id, handled } : undefined;
  }

  attach(stream: Stream, sm: { id: string | undefined } | undefined): void {
    if (sm) this.sm.begin(sm.id);
    this.#run(stream);
  }

  /** Goes on over another connection; `h`: what the server has of ours. */
  resume(stream: Stream, h: number): void {
    this.sm.ack(h);
    this.#run(stream, () => {
      for (const outgoing of this.sm.again()) this.#write(outgoing);
      this.#requestAck();
    });
  }

  /** The connection is gone; the session may go on. */
  detach(): void {
    this.#stream = undefined;
    this.#timers.clear();
  }

  /** The session is gone for good. */
  end(why: string): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.detach();
    this.sm.lose();
    for (const iq of this.#iqs.values()) {
      iq.cancel();
      iq.reject(new AdapterError('temporary', why));
    }
    this.#iqs.clear();
  }

  hold(on: boolean): void {
    this.#stream?.hold(on);
  }

  /** Sends without asking what became of it. */
  send(element: Element): void {
    this.#take({ element, written: false });
  }

  /**
   * Resolves when the server has taken the stanza; `signal` gives up waiting.
   * @throws AdapterError `temporary` where it was never sent, `unknown-outcome` where nobody knows
   */
  async deliver(element: Element, signal: AbortSignal): Promise<void> {
    if (!this.isLive || signal.aborted || this.sm.unacked >= maxUnacked)
      throw new AdapterError('temporary', 'the server is not listening');
    if (!this.sm.enabled) return this.#fenced(element, signal);
    await new Promise<void>((resolve, reject) => {
      const outgoing: Outgoing = {
        element,
        written: false,
        settle: (outcome) => {
          signal.removeEventListener('abort', giveUp);
          if (outcome === 'acked') resolve();
          else reject(new AdapterError('unknown-outcome', 'the connection was lost before the server confirmed it'));
        },
      };
      const giveUp = () => {
        outgoing.dropped = true;
        reject(new AdapterError('unknown-outcome', 'the server did not confirm it in time'));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#take(outgoing);
    });
  }

  /** Asks and waits for the answer. @throws StanzaError for a refusal, AdapterError where none came */
  iq(type: 'get' | 'set', to: string | undefined, child: Element, ms = iqMs): Promise<Element> {
    if (!this.isLive || this.#iqs.size >= maxIqs) {
      return Promise.reject(new AdapterError('temporary', this.#over ?? 'not connected'));
    }
    const id = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(ms, () => {
        this.#iqs.delete(id);
        reject(new AdapterError('temporary', 'the server did not answer in time'));
      });
      this.#iqs.set(id, { to, resolve, reject, cancel });
      this.#take({ element: el('iq', { type, to, id }, child), written: false });
    });
  }

  /** Says goodbye within `graceMs`; the server then knows the session is over. */
  async close(graceMs: number): Promise<void> {
    const stream = this.#stream;
    if (!stream) return;
    if (this.sm.enabled) stream.send(el('a', { xmlns: ns.sm, h: String(this.sm.handled) }));
    stream.send(el('presence', { type: 'unavailable' }));
    await stream.close(graceMs);
  }

  /** Resolves when everything sent is taken, or after `ms` of real time. */
  async drain(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (this.isLive && this.sm.enabled && this.sm.unacked > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #fenced(element: Element, signal: AbortSignal): Promise<void> {
    this.#take({ element, written: false });
    const answered = this.iq('get', this.jid.domain, el('ping', { xmlns: ns.ping })).catch((error: unknown) => {
      if (!(error instanceof StanzaError)) {
        throw new AdapterError('unknown-outcome', 'the connection was lost before the server confirmed it');
      }
    });
    const aborted = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new AdapterError('unknown-outcome', 'the server did not confirm it in time'));
      signal.addEventListener('abort', giveUp, { once: true });
    });
    await Promise.race([answered, aborted]);
  }

  #take(outgoing: Outgoing): void {
    if (this.#over !== undefined) return;
    if (this.sm.unacked > 2 * maxUnacked)
      return void this.#stream?.fail(retry('the server no longer confirms what it gets'));
    if (this.sm.enabled) this.sm.sent(outgoing);
    this.#write(outgoing);
    if (this.sm.enabled && outgoing.settle) this.#requestAck();
    else if (this.sm.unacked > 20) this.#requestAck();
  }

  #write(outgoing: Outgoing): void {
    if (!this.#stream) return;
    outgoing.written = true;
    this.#stream.send(outgoing.element);
  }

  #requestAck(): void {
    this.#stream?.send(el('r', { xmlns: ns.sm }));
  }

  #run(stream: Stream, first: () => void = () => {}): void {
    this.#stream = stream;
    stream.onElement = (element) => this.#onElement(element);
    first();
    this.#watch();
    stream.flow();
  }

  /** A dead connection is noticed: after a silence the server is asked, and must say something. */
  #watch(): void {
    const stream = this.#stream;
    if (!stream) return;
    this.#timers.set('quiet', quietMs, () => {
      if (stream.takeHeard()) return this.#watch();
      if (this.sm.enabled) this.#requestAck();
      else void this.iq('get', this.jid.domain, el('ping', { xmlns: ns.ping })).catch(() => {});
      this.#timers.set('answer', answerMs, () => {
        if (stream.takeHeard()) return this.#watch();
        stream.fail(retry(`${stream.at} no longer answers`));
      });
    });
  }

  #onElement(element: Element): void {
    const handle = Object.hasOwn(handlers, element.name) ? handlers[element.name] : undefined;
    handle?.(this, element);
  }

  /** One entry a kind of element. */
  static readonly handlers: Record<string, (session: Session, element: Element) => void> = {
    iq: (session, element) => session.#onIq(element),
    message: (session, element) => session.onStanza(element, session.sm.received()),
    presence: (session, element) => session.onStanza(element, session.sm.received()),
    r: (session, element) => element.is('r', ns.sm) && session.acknowledge(),
    a: (session, element) => element.is('a', ns.sm) && session.sm.ack(Number(element.attrs.h ?? Number.NaN)),
  };

  /** Tells the server how much is stored. */
  acknowledge(): void {
    if (this.sm.enabled) this.#stream?.send(el('a', { xmlns: ns.sm, h: String(this.sm.handled) }));
  }

  #onIq(stanza: Element): void {
    const handled = this.sm.received();
    const { type, id = '', from } = stanza.attrs;
    if (type === 'result' || type === 'error') this.#onAnswer(stanza, id, from);
    else if (type === 'get' || type === 'set') this.#onAsked(stanza, id, from);
    handled();
  }

  #onAnswer(stanza: Element, id: string, from: string | undefined): void {
    const iq = this.#iqs.get(id);
    if (!iq || !this.#mayAnswer(iq.to, from)) return;
    this.#iqs.delete(id);
    iq.cancel();
    if (stanza.attrs.type === 'error') iq.reject(StanzaError.of(stanza));
    else iq.resolve(stanza);
  }

  /** Nobody answers in another's name. What is asked of our own account the server may sign in several ways. */
  #mayAnswer(to: string | undefined, from: string | undefined): boolean {
    const sender = readJid(from);
    const own = [this.jid.bare, this.jid.full, this.jid.domain];
    if (to === undefined || own.includes(to)) return from === undefined || own.includes(sender?.full ?? '');
    return sender?.full === readJid(to)?.full;
  }

  #onAsked(stanza: Element, id: string, from: string | undefined): void {
    const [child] = stanza.getChildElements();
    const answer = child ? this.onQuery(child, stanza) : undefined;
    const reply = { id, to: from };
    if (answer === 'done') this.send(el('iq', { ...reply, type: 'result' }));
    else if (answer) this.send(el('iq', { ...reply, type: 'result' }, answer));
    else {
      const condition = el('service-unavailable', { xmlns: ns.stanzaErrors });
      this.send(el('iq', { ...reply, type: 'error' }, el('error', { type: 'cancel' }, condition)));
    }
  }
}

const { handlers } = Session;
