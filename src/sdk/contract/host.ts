import type { Json, JsonObject } from './common.js';
import type { Event } from './events.js';

export type State =
  | { is: 'connecting' }
  | { is: 'online' }
  | { is: 'backfilling' }
  | { is: 'stopped' }
  /** Will try again by itself at `retryAt` (ms since the epoch). */
  | { is: 'waiting'; retryAt: number; why: string }
  /** Only the person can help: wrong password, revoked token. The adapter has stopped trying. */
  | { is: 'needs-login'; why: string }
  /** Will not get better by trying again. */
  | { is: 'failed'; why: string };

export interface Host {
  /**
   * Stores the events, in order, and the cursor in ONE transaction. Only after it resolves may the adapter
   * acknowledge upstream. Rejects with `AdapterError` `temporary` when storage is away: keep the events
   * unacknowledged and call again, or drop the connection and let the network replay.
   * `typing` and `presence` events are passed on but are not history.
   * Callers must bound what they hold: past `limits.pendingEvents` undelivered events, stop reading the socket.
   */
  deliver(events: Event[], cursor?: Json): Promise<void>;
  state(next: State): void;
  /** Encrypted at rest; at most 8 MiB. Resolves when committed. */
  saveSession(session: JsonObject): Promise<void>;
  /** What does not fit a session: many small secrets that change one by one, such as the keys of a device. */
  readonly vault: Vault;
  /** The cursor last stored by `deliver`, as it was when the connection was opened. */
  readonly cursor: Json | undefined;
  /** Aborted when the account is stopped. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  /** `fetch` that refuses private addresses unless the admin's policy for account servers allows them; 30 s limit. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Throws `AdapterError` `rejected` where the admin's policy forbids this server address. Call before each connect. */
  checkServer(host: string): Promise<void>;
  /** Where a network pushes to us: the public URL of this account's webhook, or undefined if none is configured. */
  readonly webhookUrl: string | undefined;
  /** Registers the handler of that webhook; the promise answers only after what it delivered is stored. */
  onWebhook(handler: (request: WebhookRequest) => Promise<WebhookResponse>): void;
}

/** Encrypted at rest, gone with the account. Keys have at most 512 characters, values at most 1 MiB, all together 64 MiB. */
export interface Vault {
  read(): Promise<Map<string, Uint8Array>>;
  /** In one transaction; null removes. Resolves when committed. @throws AdapterError `temporary` when storage is away */
  write(changes: ReadonlyMap<string, Uint8Array | null>): Promise<void>;
}

export type WebhookRequest = {
  method: string;
  /** Path after the account's webhook URL, with leading slash, or empty. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Uint8Array;
};
export type WebhookResponse = { status: number; body?: string; type?: string };

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** Time is passed in, so that a 60 s backoff is tested in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once after `ms`; the answer cancels it. */
  after(ms: number, fn: () => void): () => void;
}
