import type {
  Clock,
  Event,
  Host,
  Json,
  JsonObject,
  Log,
  State,
  Vault,
  WebhookRequest,
  WebhookResponse,
} from '../../sdk/index.js';
import type { AccountRow } from './store.js';

/** What a connection's host leans on; the supervisor gives it. */
export type HostServices = {
  deliver(account: AccountRow, events: Event[], cursor: Json | undefined): Promise<void>;
  state(account: AccountRow, state: State): void;
  ephemeral(account: AccountRow, events: Event[]): void;
  saveSession(id: string, session: JsonObject): Promise<void>;
  vault(account: AccountRow): Vault;
  fetch(url: string, init: RequestInit | undefined, signal: AbortSignal): Promise<Response>;
  checkServer(host: string): Promise<void>;
  webhookUrl(account: AccountRow): string | undefined;
  /** Whether this process may act for the account's user now. */
  mayAct(): boolean;
  clock: Clock;
  log: Log;
};

/** The core as one connection sees it. Once stopped it takes nothing more: a late event of an old connection is refused. */
export class AccountHost implements Host {
  readonly #abort = new AbortController();
  #before: Promise<void> = Promise.resolve();
  #webhook: ((request: WebhookRequest) => Promise<WebhookResponse>) | undefined;
  readonly cursor: Json | undefined;
  readonly vault: Vault;
  readonly webhookUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;

  constructor(
    private readonly account: AccountRow,
    private readonly services: HostServices,
  ) {
    this.cursor = account.cursor;
    const vault = services.vault(account);
    this.vault = {
      read: () => vault.read(),
      write: async (changes) => {
        this.#abort.signal.throwIfAborted();
        await vault.write(changes);
      },
    };
    this.webhookUrl = services.webhookUrl(account);
    this.clock = {
      now: () => services.clock.now(),
      after: (ms, fn) => services.clock.after(ms, () => this.#onTime(fn)),
    };
    const tag = { accountId: account.id, network: account.network };
    this.log = {
      debug: (message, fields) => services.log.debug(message, { ...tag, ...fields }),
      info: (message, fields) => services.log.info(message, { ...tag, ...fields }),
      warn: (message, fields) => services.log.warn(message, { ...tag, ...fields }),
    };
  }

  /** What was to be done later is not, where another process may have the account by then; what ends it is. */
  #onTime(fn: () => void): void {
    if (this.#abort.signal.aborted || this.services.mayAct()) fn();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Presence waits for what came before it, so that somebody who is new is known when it is looked at; what is said of
   * typing does not, for the message ends it.
   */
  async deliver(events: Event[], cursor?: Json): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const typing = events.filter((event) => event.type === 'typing');
    const presence = events.filter((event) => event.type === 'presence');
    const kept = events.filter((event) => event.type !== 'typing' && event.type !== 'presence');
    if (typing.length > 0) this.services.ephemeral(this.account, typing);
    const storing =
      kept.length > 0 || cursor !== undefined ? this.services.deliver(this.account, kept, cursor) : undefined;
    const turn = this.#turn(storing, presence);
    await storing;
    if (presence.length > 0) await turn;
  }

  /** One call after the other; what is not stored will be delivered again, with its presence. */
  #turn(storing: Promise<void> | undefined, presence: Event[]): Promise<void> {
    this.#before = Promise.allSettled([storing, this.#before]).then(([stored]) => {
      const told = stored.status === 'fulfilled' && presence.length > 0 && !this.#abort.signal.aborted;
      if (told) this.services.ephemeral(this.account, presence);
    });
    return this.#before;
  }

  state(next: State): void {
    if (!this.#abort.signal.aborted) this.services.state(this.account, next);
  }

  async saveSession(session: JsonObject): Promise<void> {
    this.#abort.signal.throwIfAborted();
    await this.services.saveSession(this.account.id, session);
  }

  fetch(url: string, init?: RequestInit): Promise<Response> {
    return this.services.fetch(url, init, this.signal);
  }

  checkServer(host: string): Promise<void> {
    return this.services.checkServer(host);
  }

  onWebhook(handler: (request: WebhookRequest) => Promise<WebhookResponse>): void {
    this.#webhook = handler;
  }

  async handleWebhook(request: WebhookRequest): Promise<WebhookResponse> {
    if (!this.#webhook || this.#abort.signal.aborted) return { status: 404 };
    return this.#webhook(request);
  }

  stop(): void {
    this.#abort.abort();
  }
}
