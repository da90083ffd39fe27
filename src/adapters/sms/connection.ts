import {
  type AccountInfo,
  type AccountSettings,
  AdapterError,
  type Connection,
  type Features,
  type Host,
  type OutgoingMessage,
  type ResolvedChat,
  type SetupLine,
  type WebhookRequest,
  type WebhookResponse,
} from '../../sdk/index.js';
import { Desk, type Rules } from './desk.js';
import { smsFeatures } from './features.js';
import { GatewayHost } from './gateway.js';
import { HttpGateway } from './http/connection.js';
import { chatWith, chatWithTyped, regionOf } from './ids.js';
import { wordsOf } from './opt-out.js';
import { Sending, type Way } from './sending.js';
import { type AccountSession, type GatewaySession, readAccount, sendersOf, writeAccount } from './session.js';
import { settingsOf } from './settings.js';
import { SmppGateway } from './smpp/connection.js';
import { together } from './states.js';

/** An SMS account: one gateway, or two of which the second steps in where the first cannot be used. */
export class SmsConnection implements Connection {
  readonly settings: AccountSettings;
  readonly #host: Host;
  readonly #desk: Desk;
  #session: AccountSession;
  #rules: Rules;
  #ways: Way[];
  #sending: Sending;
  #running = false;
  #stopping: Promise<void> | undefined;
  #said = '';
  readonly #confirming = new Set<Promise<void>>();
  readonly #end = new AbortController();

  constructor(account: AccountInfo, host: Host) {
    this.#host = host;
    this.#session = readAccount(account.session);
    this.#rules = rulesOf(this.#session);
    this.#desk = new Desk(
      host,
      () => this.#rules,
      (person, gateway) => this.#confirm(person, gateway),
    );
    this.#ways = this.#open();
    this.#sending = this.#sender();
    this.settings = settingsOf({ session: () => this.#session, keep: (next) => this.#keep(next) });
  }

  start(): void {
    if (this.#running || this.#stopping) return;
    this.#running = true;
    this.#host.onWebhook((request) => this.#onWebhook(request));
    this.#host.signal.addEventListener('abort', this.#onAbort, { once: true });
    for (const { gateway } of this.#ways) gateway.start();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  chat(id: string): Features {
    const proves = this.#ways.some(({ gateway }) => gateway.proves === 'delivered') ? 'delivered' : 'sent';
    const { perSecond } = this.#session.common;
    const send = async (message: OutgoingMessage) => {
      if (!this.#running || this.#stopping) throw new AdapterError('temporary', 'the account is stopped');
      return this.#sending.send(id, message);
    };
    return smsFeatures(proves, send, perSecond === '' ? undefined : Number(perSecond));
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    const region = regionOf(this.#session.first.region);
    return chatWithTyped(address, join, region === 'unknown' ? undefined : region);
  }

  /** How each of two gateways is, and what the person must enter at them, in the order to show it. */
  setup(): SetupLine[] {
    const several = this.#ways.length > 1;
    return this.#ways.flatMap(({ gateway, host }, index) => {
      const { current } = host;
      const how = 'why' in current ? `${current.is}: ${current.why}` : current.is;
      const label = `Gateway ${index + 1}, ${gateway.name}`;
      const lines = gateway.setup();
      return several
        ? [{ label, value: how }, ...lines.map((line) => ({ ...line, label: `${label}: ${line.label}` }))]
        : lines;
    });
  }

  readonly #onAbort = () => void this.stop();

  async #stop(): Promise<void> {
    const wasRunning = this.#running;
    this.#end.abort();
    this.#host.signal.removeEventListener('abort', this.#onAbort);
    await Promise.all(this.#ways.map(({ gateway }) => gateway.stop()));
    await Promise.allSettled(this.#confirming);
    await this.#desk.settled();
    this.#running = false;
    if (wasRunning || this.#said !== 'stopped') this.#host.state({ is: 'stopped' });
    this.#said = 'stopped';
  }

  #open(): Way[] {
    const { first, second } = this.#session;
    return [first, ...(second ? [second] : [])].map((session, index) => {
      const host = new GatewayHost(this.#host, this.#desk, index, () => this.#tell(), session.flow === 'smpp');
      return { gateway: gatewayOf(session, host), host };
    });
  }

  #sender(): Sending {
    return new Sending(this.#host, this.#desk, this.#ways, this.#session.common);
  }

  /** The account's state is that of its gateways together; said where it changed. */
  #tell(): void {
    if (!this.#running || this.#stopping || this.#ways.length === 0) return;
    const next = together(this.#ways.map(({ gateway, host }) => ({ name: gateway.name, state: host.current })));
    const said = JSON.stringify(next);
    if (said === this.#said) return;
    this.#said = said;
    this.#host.state(next);
  }

  /** One text that says it is heard, to whoever was not out before; tried once. It is shown in the chat like any other. */
  #confirm(person: string, gateway: number): void {
    const text = this.#session.common.confirmStop.trim();
    if (text === '' || this.#end.signal.aborted || !/^\+?\d{7,15}$/.test(person)) return;
    const key = `confirm-${crypto.randomUUID()}`;
    const run = this.#sending
      .send(person, { key, text, attachments: [], signal: this.#end.signal }, gateway)
      .then((sent) => {
        const id = sent.remoteId ?? key;
        const at = sent.at ?? this.#host.clock.now();
        return this.#desk.add({ type: 'message', chat: chatWith(person), id, key, text, format: 'notice', at });
      })
      .catch((error: unknown) => this.#host.log.warn('a STOP could not be confirmed', { error: String(error) }))
      .finally(() => this.#confirming.delete(run));
    this.#confirming.add(run);
  }

  /** Keeps what was entered, and opens the gateways anew where one of them changed. */
  async #keep(next: AccountSession): Promise<void> {
    const changed =
      JSON.stringify([next.first, next.second]) !== JSON.stringify([this.#session.first, this.#session.second]);
    await this.#host.saveSession(writeAccount(next));
    this.#session = next;
    this.#rules = rulesOf(next);
    if (changed) {
      const before = this.#ways;
      this.#ways = [];
      await Promise.all(before.map(({ gateway }) => gateway.stop()));
      this.#ways = this.#open();
    }
    this.#sending = this.#sender();
    if (changed && this.#running && !this.#stopping) for (const { gateway } of this.#ways) gateway.start();
  }

  /** The second gateway's addresses begin with `/2`. */
  async #onWebhook(request: WebhookRequest): Promise<WebhookResponse> {
    const path = /^\/2(\/|$)/.test(request.path) ? request.path.slice(2) : undefined;
    const way = this.#ways[path === undefined ? 0 : 1];
    if (this.#stopping) return { status: 503 };
    return way === undefined
      ? { status: 404 }
      : way.host.onRequest(path === undefined ? request : { ...request, path });
  }
}

function rulesOf({ first, second, common }: AccountSession): Rules {
  const { languages, stopWords, startWords } = common;
  const senders = [first, ...(second ? [second] : [])].flatMap(sendersOf);
  return {
    words: wordsOf(languages, { stop: stopWords, start: startWords }),
    severalSenders: new Set(senders).size > 1,
  };
}

function gatewayOf(session: GatewaySession, host: GatewayHost) {
  return session.flow === 'http' ? new HttpGateway(session, host, host.mark) : new SmppGateway(session, host);
}
