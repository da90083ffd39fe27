import adapter from '../../src/adapters/matrix/index.js';
import type { Connection, Event, JsonObject, MessageEvent, OutgoingMessage, Sent } from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';

/** A Matrix account of Parley with the rest of Parley played by a fake host. */
export class Account {
  host: FakeHost;
  connection: Connection;

  constructor(
    private session: JsonObject,
    host = new FakeHost(),
  ) {
    this.host = host;
    this.connection = adapter.open({ id: 'account', remoteId: 'matrix', name: 'matrix', session }, host);
  }

  static async signIn(homeserver: string, username: string, more: Record<string, unknown> = {}): Promise<Account> {
    const login = adapter.login('password', loginContext());
    await login.start();
    const done = await login.next({ homeserver, username, password: `${username}-matrix`, ...more });
    if (done.type !== 'done') throw new Error('the sign-in is not done');
    return new Account(done.session);
  }

  async online(timeoutMs = 30_000): Promise<this> {
    this.connection.start();
    await this.host.untilState('online', timeoutMs);
    return this;
  }

  send(chat: string, text: string, more: Partial<OutgoingMessage> = {}): Promise<Sent> {
    const message = { key: crypto.randomUUID(), text, attachments: [], signal: new AbortController().signal, ...more };
    return this.connection.chat(chat).send.message(message);
  }

  got(text: string, timeoutMs = 20_000): Promise<MessageEvent> {
    return this.host.untilMessage(text, timeoutMs);
  }

  event<T extends Event['type']>(type: T, match: (event: Extract<Event, { type: T }>) => boolean, what: string) {
    const fits = (event: Event): event is Extract<Event, { type: T }> =>
      event.type === type && match(event as Extract<Event, { type: T }>);
    return this.host.untilEvent(fits, what, 20_000);
  }

  /** The same account in a new process: what was stored, and nothing else. */
  next(): Account {
    const { host } = this;
    const session = host.sessions.at(-1) ?? this.session;
    const cursor = host.cursor === undefined ? undefined : structuredClone(host.cursor);
    const fresh = new FakeHost(cursor === undefined ? {} : { cursor });
    fresh.secrets = new Map(host.secrets);
    return new Account(structuredClone(session), fresh);
  }

  /** What the account signs its requests with. */
  get token(): string {
    return String((this.host.sessions.at(-1) ?? this.session).accessToken);
  }

  /** A new sign-in takes the place of an earlier one: what was stored is still there. */
  inherit(earlier: Account): this {
    this.host.secrets = new Map(earlier.host.secrets);
    this.host.cursor = earlier.host.cursor;
    return this;
  }

  /** Killed: from this moment nothing is stored any more. Answers what starts in its place. */
  async kill(): Promise<Account> {
    const heir = this.next();
    const gone = new Error('the process is gone');
    this.host.vault.write = () => Promise.reject(gone);
    this.host.deliverError = gone;
    await this.connection.stop();
    return heir;
  }

  stop(): Promise<void> {
    return this.connection.stop();
  }
}
