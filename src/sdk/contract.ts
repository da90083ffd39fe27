/**
 * The adapter contract. An adapter teaches Parley one kind of network and knows nothing else of it:
 * it imports only this folder. Plain types, one error class, no framework.
 *
 * Division of work: the core owns order, retries, de-duplication and persistence. An adapter turns
 * wire traffic into events and commands into wire traffic; it never retries a send and keeps no history.
 */

/** An opaque id minted by the adapter; unique within one account, stable across restarts. At most 512 characters. */
export type RemoteId = string;
export type ChatId = RemoteId;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** How well a network carries something. `fallback`: shown another way; `dropped`: silently lost; `rejected`: the send fails. */
export type Support = 'full' | 'partial' | 'fallback' | 'dropped' | 'rejected';
/** The channel family a network belongs to; routes are written in these. */
export type Channel = 'im' | 'email' | 'sms';

// ---------------------------------------------------------------- manifest and login

export type Manifest = {
  /** Stable network id: lower-case letters, digits and dashes. */
  id: string;
  name: string;
  channel: Channel;
  /** The SDK major the adapter was written for; the loader refuses another. */
  sdk: 1;
  /** The first flow is the plain one. */
  loginFlows: LoginFlow[];
  /** What a usual chat of this network can do; the UI's capability document before an account exists. */
  capabilities: Capabilities;
  /** A sentence for people where signing in is not what they expect ("a bot inbox"). */
  remark?: string;
  /** How an address of this network looks, for the "new chat" box, e.g. `nick or #channel`. */
  addressHint: string;
};

export type LoginFlow = { id: string; label: string; description?: string };

export type FormField = {
  name: string;
  label: string;
  kind: 'text' | 'password' | 'number' | 'email' | 'phone' | 'url' | 'choice' | 'list';
  required: boolean;
  /** Value used when the field is left empty, as it would be typed. */
  default?: string;
  choices?: { value: string; label: string }[];
  placeholder?: string;
  help?: string;
  /** Shown behind "more options". */
  advanced?: boolean;
};

/** Any UI can draw these. */
export type LoginStep =
  | { type: 'form'; title?: string; fields: FormField[] }
  | { type: 'show'; as: 'qr' | 'code'; data: string; text?: string }
  | { type: 'redirect'; url: string }
  | { type: 'done'; session: JsonObject; remoteId: RemoteId; remoteName: string };

/**
 * One sign-in conversation. `next` answers the step that follows `input` and throws
 * `AdapterError` of kind `rejected` with `fields` for input a person can mend (the step stays open).
 * A sign-in never needs the server to be reachable: the account is made and its connection says `waiting`.
 */
export interface LoginProcess {
  start(): Promise<LoginStep>;
  next(input: Record<string, unknown>): Promise<LoginStep>;
  cancel(): Promise<void>;
}

// ---------------------------------------------------------------- connection

export interface Adapter {
  readonly manifest: Manifest;
  login(flow: string, signal: AbortSignal): LoginProcess;
  /**
   * Does no I/O. `account.session` is what `done` (or `saveSession`) stored; throws `AdapterError` `auth` where it
   * cannot be read.
   */
  open(account: AccountInfo, host: Host): Connection;
}

export type AccountInfo = { id: string; remoteId: RemoteId; name: string; session: JsonObject };

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

export interface Connection {
  /** Returns at once and never throws; every outcome is a state given to `host.state`. */
  start(): void;
  /** Resolves when every socket and timer is gone. Leaves politely within 3 s. May be called twice. */
  stop(): Promise<void>;
  /** What can be done in this chat right now. Pure and cheap: the core asks before every send. */
  chat(id: ChatId): Features;
  /**
   * Finds or opens the chat with an address a person typed (nick, `#channel`, mail address, phone number).
   * Throws `AdapterError` `rejected` for an address that cannot be one, `temporary` while offline if the
   * network must be asked. `join` says that a channel is meant.
   */
  resolve(address: string, options: { join: boolean }): Promise<ResolvedChat>;
  /** Leaves a channel or group. */
  leave?(id: ChatId): Promise<void>;
  /** What the person must enter at the network's side, in the order to show it: where it is to push to, say. */
  setup?(): SetupLine[];
  /** Our own presence. Absent where the network has none. */
  presence?(own: { state: PresenceState; note?: string }): Promise<void>;
}

export type SetupLine = { label: string; value: string };

export type ResolvedChat = { chat: ChatInfo; buddy?: BuddyInfo };

export type Features = {
  send: {
    /** Largest text of one wire message in bytes; longer text is split by the adapter. Absent: no limit. */
    maxBytes?: number;
    /** Largest text accepted at all, in UTF-16 code units; longer is refused before queueing. */
    maxLength: number;
    formatting: Support;
    attachments: Support;
    replies: Support;
    /** True where sending the same `key` twice shows one message; only then is an unknown outcome retried. */
    idempotent: boolean;
    /** How long after `message` resolves a receipt can still come, and the most it can prove. */
    proves: 'sent' | 'delivered' | 'read';
    message(message: OutgoingMessage): Promise<Sent>;
  };
  edits?: { message(target: RemoteId, text: string): Promise<void> };
  deletions?: { message(target: RemoteId): Promise<void> };
  reactions?: { set(target: RemoteId, emoji: string, on: boolean): Promise<void> };
  typing?: { set(on: boolean): Promise<void> };
  readReceipts?: { upTo(target: RemoteId): Promise<void> };
};

/** The capability document the UI reads: `Features` without its verbs, so the two cannot drift. */
export type Capabilities = {
  send: Omit<Features['send'], 'message'>;
  edits: boolean;
  deletions: boolean;
  reactions: boolean;
  typing: boolean;
  readReceipts: boolean;
};

export type OutgoingMessage = {
  /** Stable per delivery, the same on a retry; an idempotent network sends it as its own transaction id. */
  key: string;
  text: string;
  /** Sanitised HTML of the same text, if the person formatted it. */
  html?: string;
  /** For networks with subjects. */
  subject?: string;
  replyTo?: { remoteId: RemoteId; text: string; senderName: string };
  attachments: OutgoingAttachment[];
  /** Aborted when the core gives up (timeout, shutdown); throw `unknown-outcome` if bytes may have left. */
  signal: AbortSignal;
};

export type OutgoingAttachment = {
  name: string;
  type: string;
  size: number;
  open(): Promise<ReadableStream<Uint8Array>>;
};

export type Sent = {
  /** The id its echo and its receipts will carry, where the network has one. */
  remoteId?: RemoteId;
  /** The network's own id for support requests (SMTP reply, SMSC message id). */
  providerId?: string;
  /** What the answer proves by itself. */
  proof: 'sent' | 'delivered';
  /** Remote time in ms since the epoch, if the network said one. */
  at?: number;
  /** Wire messages it took (SMS segments, IRC lines). */
  parts?: number;
};

// ---------------------------------------------------------------- events

export type PresenceState = 'online' | 'away' | 'dnd' | 'offline' | 'unknown';

export type BuddyInfo = {
  id: RemoteId;
  /** What a person would type to reach them: nick, mail address, number in E.164. */
  address: string;
  name?: string;
  avatarUrl?: string;
};

export type ChatInfo = {
  id: ChatId;
  kind: 'direct' | 'group' | 'channel';
  name?: string;
  topic?: string;
  /** A mail thread's subject. */
  subject?: string;
};

export type IncomingAttachment = {
  name: string;
  type: string;
  size: number;
  /** Stored before the event is committed; at most `limits.attachmentBytes`. */
  content: Uint8Array;
};

export type MessageEvent = {
  type: 'message';
  chat: ChatInfo;
  /** Unique within the chat; the core drops an id it has. */
  id: RemoteId;
  /** Absent when the account itself wrote it (an echo, or another client of the same account). */
  from?: BuddyInfo;
  /** The `key` of the send this is the echo of, if the network can tell. */
  key?: string;
  text: string;
  html?: string;
  format: 'plain' | 'html' | 'action' | 'notice' | 'system';
  /** Remote time, ms since the epoch. */
  at: number;
  replyTo?: RemoteId;
  attachments?: IncomingAttachment[];
  /** History fetched after the fact: stored, but raises no unread count. */
  backfill?: boolean;
};

export type Event =
  | MessageEvent
  | { type: 'edit'; chat: ChatInfo; target: RemoteId; text: string; html?: string; at: number }
  | { type: 'deletion'; chat: ChatInfo; target: RemoteId; at: number }
  | { type: 'reaction'; chat: ChatInfo; target: RemoteId; from?: BuddyInfo; emoji: string; on: boolean; at: number }
  /** What it proves of a message we sent, named by its remote id or by its `key`; `failed` carries the reason (bounce, undeliverable). */
  | { type: 'receipt'; target: RemoteId; proves: 'sent' | 'delivered' | 'read' | 'failed'; reason?: string; at: number }
  | { type: 'typing'; chat: ChatInfo; from: BuddyInfo; on: boolean }
  /** `ttlMs`: how long it may be believed without news; after that it is `unknown`. */
  | { type: 'presence'; buddy: BuddyInfo; state: PresenceState; note?: string; ttlMs?: number }
  /** A roster entry or a changed name or avatar. */
  | { type: 'contact'; buddy: BuddyInfo }
  /** A chat that appeared, changed its name or topic, or was left. */
  | { type: 'chat'; chat: ChatInfo; joined?: boolean };

// ---------------------------------------------------------------- host

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
  /** Encrypted at rest. Resolves when committed. */
  saveSession(session: JsonObject): Promise<void>;
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

export const limits = {
  /** Events an adapter may hold undelivered before it stops reading. */
  pendingEvents: 1000,
  attachmentBytes: 25 * 1024 * 1024,
  textLength: 100_000,
  idLength: 512,
} as const;

/** Answers the capability document of a features object. */
export function capabilitiesOf(features: Features): Capabilities {
  const { message: _message, ...send } = features.send;
  return {
    send,
    edits: features.edits !== undefined,
    deletions: features.deletions !== undefined,
    reactions: features.reactions !== undefined,
    typing: features.typing !== undefined,
    readReceipts: features.readReceipts !== undefined,
  };
}
