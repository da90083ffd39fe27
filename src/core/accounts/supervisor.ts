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
import { AccountHost, type HostServices } from './host.js';
import { StateWriter } from './state-writer.js';
import type { AccountRow, AccountStore } from './store.js';

/** What says which users this process may act for: all of them, where it is the only one. */
export type Holder = { readonly isValid: boolean; holds(userId: string): boolean };
const everybody: Holder = { isValid: true, holds: () => true };

export type Live = { account: AccountRow; connection: Connection; host: AccountHost; state: State };

const STOP_LIMIT_MS = 5_000;
const RAMP = 20;
const RAMP_PAUSE_MS = 250;

/** Keeps one connection for each enabled account this process holds, and its last state. */
export class Supervisor {
  readonly #live = new Map<string, Live>();
  #watchers: ((live: Live) => void)[] = [];
  #stopping = false;
  readonly #closing = new Map<string, Promise<void>>();
  readonly #states: StateWriter;

  constructor(
    readonly adapters: ReadonlyMap<string, Adapter>,
    private readonly store: Pick<AccountStore, 'all' | 'saveSession' | 'vault' | 'setStates'>,
    private readonly services: Omit<HostServices, 'state' | 'saveSession' | 'vault' | 'mayAct'>,
    private readonly log: Log,
    private readonly holder: Holder = everybody,
  ) {
    this.#states = new StateWriter(store, { clock: services.clock, log });
  }

  /** Calls `watcher` after each change of state. */
  onState(watcher: (live: Live) => void): void {
    this.#watchers.push(watcher);
  }

  /** Opens every enabled account, of these users or of all; a few at a time so that a restart is no storm. */
  async startAll(userIds?: readonly string[]): Promise<void> {
    const accounts = await this.store.all(userIds);
    for (const [index, account] of accounts.entries()) {
      if (this.#stopping) return;
      if (index > 0 && index % RAMP === 0)
        await new Promise((resolve) => this.services.clock.after(RAMP_PAUSE_MS, () => resolve(undefined)));
      await this.open(account);
    }
  }

  /** Those of users that this process may act for now, nothing else. */
  get(id: string): Live | undefined {
    const live = this.#live.get(id);
    return live && this.holder.holds(live.account.userId) ? live : undefined;
  }

  all(): Live[] {
    return [...this.#live.values()].filter((live) => this.holder.holds(live.account.userId));
  }

  async open(account: AccountRow): Promise<void> {
    do await this.close(account.id);
    while (this.#live.has(account.id));
    if (this.#stopping || !account.enabled || !this.holder.holds(account.userId)) return;
    const adapter = this.adapters.get(account.network);
    if (!adapter)
      return this.#states.record(account, {
        is: 'failed',
        why: `There is no adapter for ${account.network} installed.`,
      });
    if (!account.session) {
      const why =
        'The stored sign-in cannot be read with the present secret key. Start with the old key, or sign in again.';
      return this.#states.record(account, { is: 'needs-login', why });
    }
    const host = new AccountHost(account, {
      ...this.services,
      state: (_account, state) => this.#onState(account, host, state),
      saveSession: (id, session) => this.store.saveSession(id, session),
      vault: ({ id }) => this.store.vault(id),
      mayAct: () => this.holder.isValid,
    });
    const connection = this.#connectionOf(adapter, account, account.session, host);
    if ('is' in connection) return this.#states.record(account, connection);
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

  /** Resolves when nothing of its connection is left; also of one that is being closed already. */
  close(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return this.#closing.get(id) ?? Promise.resolve();
    this.#live.delete(id);
    const done = this.#end(id, live).finally(() => this.#closing.delete(id));
    this.#closing.set(id, done);
    return done;
  }

  /** As `close`, for all accounts of these users. */
  async closeAll(userIds: readonly string[]): Promise<void> {
    const users = new Set(userIds);
    const accounts = [...this.#live.values()].filter(({ account }) => users.has(account.userId));
    await Promise.all(accounts.map(({ account }) => this.close(account.id)));
  }

  async #end(id: string, live: Live): Promise<void> {
    live.host.stop();
    live.state = { is: 'stopped' };
    for (const watcher of this.#watchers) watcher(live);
    const limit = new Promise<void>((resolve) => this.services.clock.after(STOP_LIMIT_MS, resolve));
    await Promise.race([live.connection.stop(), limit]).catch((error) =>
      this.log.warn('a connection did not stop cleanly', { accountId: id, error: errorText(error) }),
    );
    await this.#states.drop(id);
  }

  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#live.keys()].map((id) => this.close(id)));
    await this.#states.stop();
  }

  async webhook(id: string, request: WebhookRequest): Promise<WebhookResponse> {
    const live = this.get(id);
    return live ? live.host.handleWebhook(request) : { status: 404 };
  }

  /** Stores and tells a state of an account without connection. */
  async record(account: AccountRow, state: State): Promise<void> {
    await this.#states.record(account, state);
  }

  #onState(account: AccountRow, host: AccountHost, state: State): void {
    const live = this.#live.get(account.id);
    if (live?.host !== host) return;
    live.state = state;
    void this.#states.record(account, state);
    for (const watcher of this.#watchers) watcher(live);
  }
}
