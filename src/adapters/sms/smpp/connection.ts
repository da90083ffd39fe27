import { AdapterError, Backoff, type Host, hostPort, type OutgoingMessage, type Sent } from '../../../sdk/index.js';
import type { Gateway } from '../gateway.js';
import { regionOf } from '../ids.js';
import { Journal } from '../journal.js';
import { expireParts, partsWaitMs } from '../reassembly.js';
import { type SmppSession, sendersOf } from '../session.js';
import { SmppInbound } from './inbound.js';
import { Link, NoAnswer } from './link.js';
import { SmppOutbound } from './outbound.js';
import type { Pdu } from './pdu.js';
import { bindRefusal, status } from './status.js';

const answerWithinMs = 20_000;
const keepAliveMs = 30_000;
const keepAliveAnswerMs = 15_000;
const steadyAfterMs = 30_000;
const politeMs = 1_000;

/** An SMS centre, over one transceiver session (SMPP 3.4). */
export class SmppGateway implements Gateway {
  readonly name: string;
  readonly senders: readonly string[];
  readonly proves = 'delivered';
  readonly #host: Host;
  readonly #session: SmppSession;
  readonly #journal: Journal;
  readonly #inbound: SmppInbound;
  readonly #outbound: SmppOutbound;
  readonly #backoff = new Backoff(2_000);
  #link: Link | undefined;
  #bound = false;
  #why = 'not connected yet';
  #timers = new Map<string, () => void>();
  #running = false;
  #stopping: Promise<void> | undefined;

  constructor(session: SmppSession, host: Host) {
    this.#host = host;
    this.#session = session;
    this.name = session.host;
    this.senders = sendersOf(session);
    this.#journal = new Journal(host);
    this.#outbound = new SmppOutbound(host, this.#journal, () => this.#online());
    const region = regionOf(session.region);
    this.#inbound = new SmppInbound(
      host,
      this.#journal,
      region === 'unknown' ? undefined : region,
      this.#outbound.known,
    );
  }

  start(): void {
    if (this.#running || this.#stopping) return;
    this.#running = true;
    this.#host.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#outbound.settle();
    this.#watchParts();
    void this.#connect();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  send(chatId: string, message: OutgoingMessage, from: string): Promise<Sent> {
    return this.#outbound.send(chatId, message, from);
  }

  hasBegun(key: string): boolean {
    return this.#outbound.hasBegun(key);
  }

  setup(): [] {
    return [];
  }

  readonly #onAbort = () => void this.stop();

  #online(): Link {
    if (this.#link && this.#bound) return this.#link;
    throw new AdapterError('temporary', `not connected to the SMS centre: ${this.#why}`);
  }

  async #connect(): Promise<void> {
    this.#host.state({ is: 'connecting' });
    const { host, port, tls } = this.#session;
    try {
      await this.#host.checkServer(host);
    } catch (error) {
      if (this.#running) this.#fail(error instanceof Error ? error.message : 'this server is not allowed');
      return;
    }
    if (!this.#running) return;
    const peer = hostPort(host, port);
    const link = new Link({ host, port, tls: tls === 'on' }, this.#host.clock, {
      onConnect: () => void this.#bind(link),
      onRequest: (pdu) => this.#onRequest(link, pdu),
      onClose: (why) => this.#onClose(link, why),
    });
    this.#link = link;
    this.#timer('answer', answerWithinMs, () =>
      link.destroy(`${peer} did not answer within ${answerWithinMs / 1000} s`),
    );
  }

  async #bind(link: Link): Promise<void> {
    const { systemId, password, systemType } = this.#session;
    const fields = { system_id: systemId, password, system_type: systemType, interface_version: 0x34 };
    let answer: Pdu;
    try {
      answer = await link.request('bind_transceiver', fields, answerWithinMs);
    } catch (error) {
      if (error instanceof NoAnswer) link.destroy(error.message);
      return;
    }
    this.#clear('answer');
    if (answer.status !== status.ok) return this.#onBindRefused(link, answer.status);
    this.#bound = true;
    this.#why = '';
    this.#inbound.onLink();
    this.#host.state({ is: 'online' });
    this.#backoff.signedIn();
    this.#timer('steady', steadyAfterMs, () => this.#backoff.reset());
    this.#keepAlive(link);
  }

  #onBindRefused(link: Link, code: number): void {
    const { auth, why } = bindRefusal(code);
    if (!auth) {
      link.destroy(why);
      return;
    }
    this.#running = false;
    this.#clearAll();
    this.#why = why;
    link.destroy(why);
    this.#host.state({ is: 'needs-login', why });
  }

  #onRequest(link: Link, pdu: Pdu): void {
    const handle = handlers[pdu.command];
    if (handle) handle(link, pdu, this.#inbound);
    else link.respond({ ...pdu, command: 'unknown' }, status.invalidCommand);
  }

  #onClose(link: Link, why: string): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    this.#bound = false;
    for (const name of ['answer', 'steady', 'keep-alive']) this.#clear(name);
    if (!this.#running) return;
    this.#why = why;
    const wait = this.#backoff.next();
    this.#host.state({ is: 'waiting', retryAt: this.#host.clock.now() + wait, why });
    this.#timer('retry', wait, () => void this.#connect());
  }

  #keepAlive(link: Link): void {
    this.#timer('keep-alive', keepAliveMs, async () => {
      const mark = this.#inbound.mark();
      try {
        await link.request('enquire_link', {}, keepAliveAnswerMs);
        await this.#inbound.confirm(mark);
      } catch (error) {
        // Storage that is away proves nothing against the centre, nor does an answer that is not read.
        if (error instanceof NoAnswer && !link.held) return link.destroy('the SMS centre stopped answering');
      }
      if (link === this.#link) this.#keepAlive(link);
    });
  }

  #watchParts(): void {
    this.#timer('parts', partsWaitMs / 10, async () => {
      const now = this.#host.clock.now();
      if (this.#journal.state.parts.some((part) => part.at + partsWaitMs <= now)) {
        await this.#journal.commit(expireParts(now)).catch(() => {});
      }
      if (this.#running) this.#watchParts();
    });
  }

  #fail(why: string): void {
    this.#running = false;
    this.#why = why;
    this.#clearAll();
    this.#host.state({ is: 'failed', why });
  }

  /** The polite end is bounded in real time, as it waits for a socket and not for the clock. */
  async #stop(): Promise<void> {
    this.#running = false;
    this.#why = 'the account is stopped';
    this.#clearAll();
    this.#outbound.stop();
    this.#host.signal.removeEventListener('abort', this.#onAbort);
    const link = this.#link;
    if (link) {
      const limit = setTimeout(() => link.destroy('the account is stopped'), politeMs);
      if (this.#bound) await this.#unbind(link);
      link.destroy('the account is stopped');
      await link.ended;
      clearTimeout(limit);
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, politeMs);
    });
    await Promise.race([this.#journal.close(), patience]);
    clearTimeout(timer);
    this.#clearAll();
    this.#host.state({ is: 'stopped' });
  }

  /** An answered unbind proves that our answers before it arrived. */
  async #unbind(link: Link): Promise<void> {
    const mark = this.#inbound.mark();
    try {
      await link.request('unbind', {}, politeMs);
      await this.#inbound.confirm(mark);
    } catch {
      // What is not confirmed is recognised when it is repeated.
    }
  }

  #timer(name: string, ms: number, fn: () => void): void {
    this.#clear(name);
    const cancel = this.#host.clock.after(ms, () => {
      this.#timers.delete(name);
      fn();
    });
    this.#timers.set(name, cancel);
  }

  #clear(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #clearAll(): void {
    for (const name of [...this.#timers.keys()]) this.#clear(name);
  }
}

/** Requests a centre may make; all others are answered with generic_nack (SMPP 3.4 section 4.3). */
const handlers: Partial<Record<string, (link: Link, pdu: Pdu, inbound: SmppInbound) => void>> = {
  deliver_sm: (link, pdu, inbound) => void inbound.onMobile(link, pdu),
  data_sm: (link, pdu, inbound) => void inbound.onMobile(link, pdu),
  enquire_link: (link, pdu) => link.respond(pdu, status.ok),
  unbind: (link, pdu) => {
    link.respond(pdu, status.ok);
    link.leave('the SMS centre ended the session');
  },
  alert_notification: () => {},
  outbind: () => {},
};
