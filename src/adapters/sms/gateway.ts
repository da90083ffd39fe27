import type {
  Clock,
  Event,
  Host,
  Json,
  JsonObject,
  Log,
  OutgoingMessage,
  Sent,
  SetupLine,
  State,
  Vault,
  WebhookRequest,
  WebhookResponse,
} from '../../sdk/index.js';
import type { Desk } from './desk.js';

/** One way out of the account, and in. It keeps its own connection and says how that is by `host.state`. */
export interface Gateway {
  /** For people and the ledger. */
  readonly name: string;
  /** The numbers or names it may send from; at least one. */
  readonly senders: readonly string[];
  readonly proves: 'sent' | 'delivered';
  start(): void;
  stop(): Promise<void>;
  /** One try from one of `senders`. @throws AdapterError; `temporary`, `auth` and `rate-limited` mean that nothing was sent */
  send(chatId: string, message: OutgoingMessage, from: string): Promise<Sent>;
  /** Whether a part of this message is out already, so that the rest must go the same way. */
  hasBegun(key: string): boolean;
  setup(): SetupLine[];
}

type Handler = (request: WebhookRequest) => Promise<WebhookResponse>;

/** The host as one of an account's gateways sees it: its own memory, its own part of the webhook, its own state. */
export class GatewayHost implements Host {
  readonly cursor: Json | undefined;
  readonly webhookUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly vault: Vault;
  current: State = { is: 'connecting' };
  /** Two gateways count their messages apart: what the second names carries this. */
  readonly mark: string;
  #handler: Handler | undefined;

  constructor(
    private readonly host: Host,
    private readonly desk: Desk,
    private readonly index: number,
    private readonly onState: () => void,
    /** Every sent message is named by the other side's id. */
    readonly ownIds: boolean,
  ) {
    this.cursor = desk.gatewayState(index) ?? undefined;
    const base = host.webhookUrl?.replace(/\/$/, '');
    this.webhookUrl = base === undefined || index === 0 ? host.webhookUrl : `${base}/2`;
    this.mark = index === 0 ? '' : '2.';
    this.clock = host.clock;
    this.log = host.log;
    this.vault = host.vault;
  }

  readonly #mark = (event: Event): Event => {
    if (this.mark === '') return event;
    if (event.type === 'message') return { ...event, id: `${this.mark}${event.id}` };
    // Over HTTP a report can name our own key, so that gateway puts the mark where it belongs.
    if (event.type === 'receipt' && this.ownIds) return { ...event, target: `${this.mark}${event.target}` };
    return event;
  };

  get signal(): AbortSignal {
    return this.host.signal;
  }

  deliver(events: Event[], cursor?: Json): Promise<void> {
    return this.desk.store(this.index, events, cursor, this.#mark);
  }

  state(next: State): void {
    this.current = next;
    this.onState();
  }

  saveSession(session: JsonObject): Promise<void> {
    return this.host.saveSession(session);
  }

  fetch(url: string, init?: RequestInit): Promise<Response> {
    return this.host.fetch(url, init);
  }

  checkServer(server: string): Promise<void> {
    return this.host.checkServer(server);
  }

  onWebhook(handler: Handler): void {
    this.#handler = handler;
  }

  async onRequest(request: WebhookRequest): Promise<WebhookResponse> {
    return this.#handler === undefined ? { status: 404 } : this.#handler(request);
  }
}
