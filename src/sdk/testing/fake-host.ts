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
} from '../index.js';

const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} };

export type FakeHostOptions = { clock?: Clock; cursor?: Json; log?: Log; webhookUrl?: string };

/** A host that remembers what it was given, so a test can wait for it. */
export class FakeHost implements Host {
  readonly events: Event[] = [];
  readonly states: State[] = [];
  readonly sessions: JsonObject[] = [];
  readonly clock: Clock;
  readonly log: Log;
  readonly webhookUrl: string | undefined;
  cursor: Json | undefined;
  /** What the vault holds; give another host the same map to play a restart. */
  secrets = new Map<string, Uint8Array>();
  readonly vault: Vault = {
    read: async () => new Map(this.secrets),
    write: async (changes) => {
      for (const [key, value] of changes) {
        if (value === null) this.secrets.delete(key);
        else this.secrets.set(key, Uint8Array.from(value));
      }
    },
  };
  /** Set to make `deliver` fail, as when the database is away. */
  deliverError: Error | undefined;
  #abort = new AbortController();
  #webhook: ((request: WebhookRequest) => Promise<WebhookResponse>) | undefined;
  #watchers = new Set<() => void>();

  constructor(options: FakeHostOptions = {}) {
    this.clock = options.clock ?? realClock;
    this.log = options.log ?? silent;
    this.cursor = options.cursor;
    this.webhookUrl = options.webhookUrl;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async deliver(events: Event[], cursor?: Json): Promise<void> {
    if (this.deliverError) throw this.deliverError;
    this.events.push(...events);
    if (cursor !== undefined) this.cursor = cursor;
    this.#wake();
  }

  state(next: State): void {
    this.states.push(next);
    this.#wake();
  }

  async saveSession(session: JsonObject): Promise<void> {
    this.sessions.push(session);
    this.#wake();
  }

  fetch(url: string, init?: RequestInit): Promise<Response> {
    const limit = AbortSignal.timeout(30_000);
    return fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
  }

  async checkServer(): Promise<void> {}

  onWebhook(handler: (request: WebhookRequest) => Promise<WebhookResponse>): void {
    this.#webhook = handler;
  }

  /** Plays a call of the network to the account's webhook. */
  async webhook(request: WebhookRequest): Promise<WebhookResponse> {
    if (!this.#webhook) return { status: 404 };
    return this.#webhook(request);
  }

  abort(): void {
    this.#abort.abort();
  }

  get current(): State | undefined {
    return this.states.at(-1);
  }

  /** Waits until `find` answers something, looking again after each event, state or session. */
  async until<T>(find: () => T | undefined | false, what: string, timeoutMs = 10_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      const left = deadline - Date.now();
      if (left <= 0) {
        throw new Error(
          `waited ${timeoutMs} ms for ${what}; last state ${JSON.stringify(this.current)}, ${this.events.length} events`,
        );
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 250));
        this.#watchers.add(done);
      });
    }
  }

  untilState(is: State['is'], timeoutMs?: number): Promise<State> {
    return this.until(() => (this.current?.is === is ? this.current : undefined), `state ${is}`, timeoutMs);
  }

  untilEvent<E extends Event>(match: (event: Event) => event is E, what: string, timeoutMs?: number): Promise<E> {
    return this.until(() => this.events.find(match), what, timeoutMs);
  }

  untilMessage(text: string | RegExp, timeoutMs?: number): Promise<Extract<Event, { type: 'message' }>> {
    const fits = (body: string) => (typeof text === 'string' ? body === text : text.test(body));
    return this.until(
      () =>
        this.events.find(
          (event): event is Extract<Event, { type: 'message' }> => event.type === 'message' && fits(event.text),
        ),
      `message ${text}`,
      timeoutMs,
    );
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
