import {
  type Adapter,
  AdapterError,
  type Connection,
  type JsonObject,
  type State,
  type WebhookRequest,
  type WebhookResponse,
} from '../../sdk/index.js';
import { errorText, type Log } from '../log.js';
import { persist } from '../patience.js';
import { AccountHost, type HostServices } from './host.js';
import type { AccountRow, AccountStore } from './store.js';

export type Live = { account: AccountRow; connection: Connection; host: AccountHost; state: State };

type Write = { done: Promise<void>; superseded: AbortController };

const STOP_LIMIT_MS = 5_000;
const RAMP = 20;
const RAMP_PAUSE_MS = 250;

/** Keeps one connection for each enabled account this process holds, and its last state. */
export class Supervisor {
  readonly #live = new Map<string, Live>();
  #watchers: ((live: Live) => void)[] = [];
  #stopping = false;
  /** States of one account are stored in the order they came; the newest is tried until it is stored. */
  readonly #writes = new Map<string, Write>();

  constructor(
    readonly adapters: ReadonlyMap<string, Adapter>,
    private readonly store: Pick<AccountStore, 'all' | 'saveSession' | 'vault' | 'setState'>,
    private readonly services: Omit<HostServices, 'state' | 'saveSession' | 'vault'>,
    private readonly log: Log,
  ) {}

  /** Calls `watcher` after each change of state. */
  onState(watcher: (live: Live) => void): void {
    this.#watchers.push(watcher);
  }

  /** Opens every enabled account, a few at a time so that a restart is no storm. */
  async startAll(): Promise<void> {
    const accounts = await this.store.all();
    for (const [index, account] of accounts.entries()) {
      if (this.#stopping) return;
      if (index > 0 && index % RAMP === 0)
        await new Promise((resolve) => this.services.clock.after(RAMP_PAUSE_MS, () => resolve(undefined)));
      await this.open(account);
    }
  }

  get(id: string): Live | undefined {
    return this.#live.get(id);
  }

  all(): Live[] {
    return [...this.#live.values()];
  }

  async open(account: AccountRow): Promise<void> {
    await this.close(account.id);
    if (this.#stopping || !account.enabled) return;
    const adapter = this.adapters.get(account.network);
    if (!adapter)
      return this.#record(account, { is: 'failed', why: `There is no adapter for ${account.network} installed.` });
    if (!account.session) {
      const why =
        'The stored sign-in cannot be read with the present secret key. Start with the old key, or sign in again.';
      return this.#record(account, { is: 'needs-login', why });
    }
    const host = new AccountHost(account, {
      ...this.services,
      state: (_account, state) => this.#onState(account, host, state),
      saveSession: (id, session) => this.store.saveSession(id, session),
      vault: ({ id }) => this.store.vault(id),
    });
    const connection = this.#connectionOf(adapter, account, account.session, host);
    if ('is' in connection) return this.#record(account, connection);
    this.#live.set(account.id, { account, connection, host, state: { is: 'connecting' } });
    this.#onState(account, host, { is: 'connecting' });
    connection.start();
  }

  /** A session an adapter cannot read is that account's trouble alone. */
  #connectionOf(adapter: Adapter, account: AccountRow, session: JsonObject, host: AccountHost): Connection | State {
    try {
      return adapter.open({ id: account.id, remoteId: account.remoteId, name: account.name, session }, host);
    } catch (error) {
      host.stop();
      const is = error instanceof AdapterError && error.kind === 'auth' ? 'needs-login' : 'failed';
      return { is, why: errorText(error) };
    }
  }

  async close(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    this.#live.delete(id);
    live.host.stop();
    live.state = { is: 'stopped' };
    for (const watcher of this.#watchers) watcher(live);
    const limit = new Promise<void>((resolve) => this.services.clock.after(STOP_LIMIT_MS, resolve));
    await Promise.race([live.connection.stop(), limit]).catch((error) =>
      this.log.warn('a connection did not stop cleanly', { accountId: id, error: errorText(error) }),
    );
    await this.#endWrite(id);
  }

  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#live.keys()].map((id) => this.close(id)));
    await Promise.all([...this.#writes.keys()].map((id) => this.#endWrite(id)));
  }

  async webhook(id: string, request: WebhookRequest): Promise<WebhookResponse> {
    const live = this.#live.get(id);
    return live ? live.host.handleWebhook(request) : { status: 404 };
  }

  /** Stores and tells a state of an account without connection. */
  async record(account: AccountRow, state: State): Promise<void> {
    await this.#record(account, state);
  }

  #onState(account: AccountRow, host: AccountHost, state: State): void {
    const live = this.#live.get(account.id);
    if (live?.host !== host) return;
    live.state = state;
    void this.#record(account, state);
    for (const watcher of this.#watchers) watcher(live);
  }

  #record(account: AccountRow, state: State): Promise<void> {
    const superseded = new AbortController();
    const work = () =>
      persist(() => this.store.setState(account.id, state), {
        clock: this.services.clock,
        signal: superseded.signal,
        onError: (error) =>
          this.log.warn('a state could not be stored', { accountId: account.id, error: errorText(error) }),
      });
    const done = this.#endWrite(account.id)
      .then(work)
      .finally(() => {
        if (this.#writes.get(account.id)?.done === done) this.#writes.delete(account.id);
      });
    this.#writes.set(account.id, { done, superseded });
    return done;
  }

  /** What is being stored is tried no further. */
  async #endWrite(id: string): Promise<void> {
    const write = this.#writes.get(id);
    write?.superseded.abort();
    await write?.done;
  }
}
