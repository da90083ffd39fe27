import {
  AdapterError,
  Backoff,
  type Host,
  type OutgoingMessage,
  type Sent,
  type SetupLine,
} from '../../../sdk/index.js';
import type { Gateway } from '../gateway.js';
import { regionOf } from '../ids.js';
import { Journal } from '../journal.js';
import { explain } from '../reasons.js';
import { expireParts, partsWaitMs } from '../reassembly.js';
import { type HttpSession, sendersOf } from '../session.js';
import { HttpInbound } from './inbound.js';
import { HttpOutbound } from './outbound.js';
import { authenticates, probeRequest } from './request.js';

const answerWithinMs = 20_000;
/** How often a gateway that answers is asked again whether it still does. */
const recheckMs = 5 * 60_000;

/** An HTTP gateway: nothing stays open between messages, so `online` means that it answered lately. */
export class HttpGateway implements Gateway {
  readonly name: string;
  readonly senders: readonly string[];
  readonly #host: Host;
  readonly #session: HttpSession;
  readonly #journal: Journal;
  readonly #outbound: HttpOutbound;
  readonly #inbound: HttpInbound;
  readonly #backoff = new Backoff(2_000);
  readonly #peer: string;
  #running = false;
  #stopped = false;
  #cancelTimer: (() => void) | undefined;
  #cancelParts: (() => void) | undefined;
  #probing: AbortController | undefined;
  #check: Promise<void> = Promise.resolve();
  #calls = new Set<Promise<unknown>>();
  #is: 'connecting' | 'online' | 'waiting' | 'needs-login' | 'failed' = 'connecting';
  #why = '';

  /** `mark` goes before the gateway's own ids, so that those of two gateways differ. */
  constructor(session: HttpSession, host: Host, mark: string) {
    this.#host = host;
    this.#session = session;
    const url = new URL(session.url);
    this.#peer = url.host;
    this.name = url.hostname;
    this.senders = sendersOf(session);
    this.#journal = new Journal(host);
    this.#outbound = new HttpOutbound(host, session, mark, (error) => this.#onTrouble(error));
    const region = regionOf(session.region);
    this.#inbound = new HttpInbound(
      host,
      this.#journal,
      { ...session, mark },
      region === 'unknown' ? undefined : region,
    );
  }

  get proves(): 'sent' | 'delivered' {
    return this.#host.webhookUrl === undefined ? 'sent' : 'delivered';
  }

  start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#host.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#host.onWebhook((request) => this.#onWebhook(request));
    if (this.#host.webhookUrl === undefined) {
      this.#host.log.warn('no public URL is configured: this SMS account cannot receive messages or delivery reports');
    }
    this.#host.state({ is: 'connecting' });
    this.#watchParts();
    this.#check = this.#probe();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#running = false;
    this.#cancelTimer?.();
    this.#cancelParts?.();
    this.#probing?.abort();
    this.#host.signal.removeEventListener('abort', this.#onAbort);
    await this.#check;
    await settledWithin([...this.#calls, this.#journal.close()], 1_000);
    this.#host.state({ is: 'stopped' });
  }

  async send(chatId: string, message: OutgoingMessage, from: string): Promise<Sent> {
    this.#mustBeUp();
    return this.#outbound.send(chatId, message, from);
  }

  /** One request carries a whole text. */
  hasBegun(): boolean {
    return false;
  }

  /** What the person must enter at the gateway, in the order to show it; empty where no public URL is configured. */
  setup(): SetupLine[] {
    const base = this.#host.webhookUrl?.replace(/\/$/, '');
    if (base === undefined) return [];
    const token = encodeURIComponent(this.#session.webhookToken);
    return [
      {
        label: 'Incoming messages (Kannel)',
        value: `${base}/incoming?token=${token}&id=%I&from=%p&to=%P&time=%T&text=%b`,
      },
      { label: 'Incoming messages (other gateways)', value: `${base}/incoming?token=${token}` },
      { label: 'Delivery reports (other gateways)', value: `${base}/dlr?token=${token}` },
    ];
  }

  readonly #onAbort = () => void this.stop();

  #mustBeUp(): void {
    if (!this.#running && this.#is !== 'needs-login') throw new AdapterError('temporary', 'the account is stopped');
    if (this.#is === 'needs-login') throw new AdapterError('auth', this.#why);
    if (this.#is !== 'online') throw new AdapterError('temporary', this.#why || `${this.#peer} has not answered yet`);
  }

  async #onWebhook(request: Parameters<HttpInbound['onRequest']>[0]): ReturnType<HttpInbound['onRequest']> {
    if (this.#stopped) return { status: 503 };
    const call = this.#inbound.onRequest(request);
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  #watchParts(): void {
    this.#cancelParts = this.#host.clock.after(partsWaitMs / 10, () => {
      const now = this.#host.clock.now();
      if (this.#journal.state.parts.some((part) => part.at + partsWaitMs <= now))
        this.#journal.commit(expireParts(now)).catch(() => {});
      if (!this.#stopped) this.#watchParts();
    });
  }

  async #probe(): Promise<void> {
    const { url, init } = probeRequest(this.#session);
    const probing = new AbortController();
    this.#probing = probing;
    const cancel = this.#host.clock.after(answerWithinMs, () => probing.abort(new Error('timeout')));
    try {
      await this.#host.checkServer(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'));
      const response = await this.#host.fetch(url, { ...init, signal: probing.signal });
      await response.body?.cancel().catch(() => {});
      if (this.#running) this.#onAnswer(response.status);
    } catch (error) {
      if (this.#running) this.#onNoAnswer(error, probing.signal.aborted);
    } finally {
      cancel();
      this.#probing = undefined;
    }
  }

  #onAnswer(status: number): void {
    if (status === 401 || (status === 403 && authenticates(this.#session))) {
      this.#halt('needs-login', `the gateway refused the user name or password (${status})`);
      return;
    }
    this.#backoff.reset();
    if (this.#is !== 'online') {
      this.#is = 'online';
      this.#why = '';
      this.#host.state({ is: 'online' });
    }
    this.#again(recheckMs);
  }

  #onNoAnswer(error: unknown, late: boolean): void {
    if (error instanceof AdapterError && error.kind === 'rejected') this.#halt('failed', error.message);
    else
      this.#wait(
        late
          ? `${this.#peer} did not answer within ${answerWithinMs / 1000} s`
          : explain(error, this.#peer, 'HTTP').why,
      );
  }

  /** A send that could not reach the gateway, or whose sign-in was refused, says more than the last check. */
  #onTrouble(error: AdapterError): void {
    if (!this.#running || this.#is !== 'online') return;
    if (error.kind === 'auth') this.#halt('needs-login', error.message);
    else this.#wait(error.message);
  }

  #wait(why: string): void {
    this.#is = 'waiting';
    this.#why = why;
    const wait = this.#backoff.next();
    this.#host.state({ is: 'waiting', retryAt: this.#host.clock.now() + wait, why });
    this.#again(wait);
  }

  #halt(is: 'needs-login' | 'failed', why: string): void {
    this.#running = false;
    this.#is = is;
    this.#why = why;
    this.#cancelTimer?.();
    this.#host.state({ is, why });
  }

  #again(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#host.clock.after(ms, () => {
      this.#check = this.#probe();
    });
  }
}

/** Bounded in real time: it waits for storage, not for the clock. */
async function settledWithin(promises: Promise<unknown>[], ms: number): Promise<void> {
  if (promises.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), patience]);
  clearTimeout(timer);
}
