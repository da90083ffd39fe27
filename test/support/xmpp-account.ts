import { readFileSync } from 'node:fs';
import xmpp from '../../src/adapters/xmpp/index.js';
import type { Connection, Event, JsonObject, MessageEvent, OutgoingMessage } from '../../src/sdk/index.js';
import { FakeHost, type FakeHostOptions } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import type { XmppLab } from '../lab/types.js';

class Host extends FakeHost {
  override readonly clock: RunningClock;
  constructor(options: FakeHostOptions = {}) {
    const clock = new RunningClock();
    super({ ...options, clock });
    this.clock = clock;
  }
}

/** An account signed in through the adapter, with a host that remembers. */
export class XmppAccount {
  private constructor(
    readonly host: Host,
    readonly connection: Connection,
    readonly session: JsonObject,
  ) {}

  static async open(input: Record<string, unknown>, options: FakeHostOptions = {}): Promise<XmppAccount> {
    const login = xmpp.login('password', loginContext());
    await login.start();
    const step = await login.next(input);
    if (step.type !== 'done') throw new Error('the sign-in did not end');
    return XmppAccount.with(step.session, options);
  }

  static with(session: JsonObject, options: FakeHostOptions = {}): XmppAccount {
    const host = new Host(options);
    const account = { id: '1', remoteId: 'r', name: 'n', session };
    const connection = xmpp.open(account, host);
    connection.start();
    return new XmppAccount(host, connection, session);
  }

  /** As after a restart of the program: with what was stored. */
  async again(): Promise<XmppAccount> {
    await this.connection.stop();
    const cursor = JSON.parse(JSON.stringify(this.host.cursor ?? null));
    const next = XmppAccount.with(this.host.sessions.at(-1) ?? this.session, cursor === null ? {} : { cursor });
    next.host.secrets = this.host.secrets;
    await next.online();
    return next;
  }

  async online(): Promise<void> {
    const { host } = this;
    await host.until(
      () => {
        if (host.current?.is === 'waiting') host.clock.skipTo(host.current.retryAt + 1);
        return host.current?.is === 'online';
      },
      'to be online',
      30_000,
    );
  }

  send(chat: string, text: string, more: Partial<OutgoingMessage> = {}) {
    const message = { key: crypto.randomUUID(), text, attachments: [], signal: AbortSignal.timeout(20_000), ...more };
    return this.connection.chat(chat).send.message(message);
  }

  event<T extends Event['type']>(
    type: T,
    fits: (event: Extract<Event, { type: T }>) => boolean,
    what: string,
  ): Promise<Extract<Event, { type: T }>> {
    const is = (event: Event): event is Extract<Event, { type: T }> => event.type === type;
    return this.host.until(() => this.host.events.filter(is).find(fits), what);
  }

  messages(text: string | RegExp): MessageEvent[] {
    return this.host.events.filter(
      (event): event is MessageEvent =>
        event.type === 'message' && (typeof text === 'string' ? event.text === text : text.test(event.text)),
    );
  }
}

export const labInput = (lab: XmppLab, jid: string, password: string): Record<string, unknown> => ({
  ...{ jid, password, host: lab.host, port: String(lab.port), tls: 'starttls' },
  certificate: readFileSync(lab.caFile, 'utf8'),
});
