import type { Json, PresenceState, RemoteId, Support } from './common.js';
import type { BuddyInfo, Event } from './events.js';

/** What can be done in one chat. A feature is its limits plus its verb; present means supported. */
export type Features = {
  send: {
    /** Largest text of one wire message in bytes; longer text is split by the adapter. Absent: no limit. */
    maxBytes?: number;
    /** Largest text accepted at all, in UTF-16 code units; longer is refused before queueing. */
    maxLength: number;
    formatting: Support;
    attachments: Support;
    replies: Support;
    /** Buttons below a message. Absent: they are written below the text. */
    buttons?: 'full';
    /** An answer can begin a thread below any message. Absent: it can at most go into one that there is. */
    threads?: 'full';
    /** True where sending the same `key` twice shows one message; only then is an unknown outcome retried. */
    idempotent: boolean;
    /** How long after `message` resolves a receipt can still come, and the most it can prove. */
    proves: 'sent' | 'delivered' | 'read';
    /** How fast the network takes messages. Absent: it sets no limit, or the adapter keeps to it by itself. */
    pace?: Pace;
    message(message: OutgoingMessage): Promise<Sent>;
  };
  edits?: { message(target: RemoteId, edit: Edit): Promise<void> };
  deletions?: { message(target: RemoteId): Promise<void> };
  reactions?: { set(target: RemoteId, emoji: string, on: boolean): Promise<void> };
  /** Tells the others that we write. The core says it again every few seconds while it lasts, and when it ends. */
  typing?: { set(on: boolean): Promise<void> };
  /** Tells the others that we have read up to this message of theirs. */
  readReceipts?: { upTo(target: RemoteId): Promise<void> };
  /** Whether the network tells the presence of the people in this chat. */
  presence: boolean;
  /** History on demand, older and older. */
  history?: { before(from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> };
  members?: { list(signal: AbortSignal): Promise<Member[]> };
  invites?: { invite(address: string): Promise<void> };
  topic?: { set(topic: string): Promise<void> };
};

/** `burst` messages at once, then one more every `perMs`. */
export type Rate = { burst: number; perMs: number };
/** For all messages of the account together, and for each chat by itself; the core keeps to both. */
export type Pace = { account?: Rate; chat?: Rate };

export type OutgoingMessage = {
  /** Stable per delivery, the same on a retry; an idempotent network sends it as its own transaction id. */
  key: string;
  text: string;
  /** Sanitised HTML of the same text, if the person formatted it. */
  html?: string;
  /** For networks with subjects. */
  subject?: string;
  /** `thread` is the root of the thread that the answer belongs to: where that is the answered message, it may begin one. */
  replyTo?: { remoteId: RemoteId; text: string; senderName: string; thread?: RemoteId };
  attachments: OutgoingAttachment[];
  /** Rows of buttons; only where `send.buttons` is there, else they are in the text already. */
  buttons?: Button[][];
  /** Aborted when the core gives up (timeout, shutdown); throw `unknown-outcome` if bytes may have left. */
  signal: AbortSignal;
};

/** A button opens `url`, or says `value` to us when it is pressed. */
export type Button = { label: string; url?: string; value?: string };

export type Edit = {
  /** Stable for this edit: an idempotent network sends it as its own transaction id. */
  key: string;
  text: string;
  html?: string;
};

export type OutgoingAttachment = {
  name: string;
  type: string;
  size: number;
  /** It was spoken for this message: how long it is, and its loudness from 0 to 100 in parts of equal length. */
  voice?: { durationMs: number; waveform: number[] };
  open(): Promise<ReadableStream<Uint8Array>>;
};

export type Sent = {
  /** The id its echo and its receipts will carry, where the network has one. */
  remoteId?: RemoteId;
  /** The network's own id for support requests (SMTP reply, SMSC message id). */
  providerId?: string;
  /** Which of the account's gateways took it, where it has several. */
  provider?: string;
  /** What the answer proves by itself. */
  proof: 'sent' | 'delivered';
  /** Remote time in ms since the epoch, if the network said one. */
  at?: number;
  /** Wire messages it took (SMS segments, IRC lines). */
  parts?: number;
  /** What it costs, all parts together; `amount` is a decimal number, `currency` an ISO 4217 code. */
  cost?: { amount: string; currency: string };
};

export type HistoryFrom = {
  /** What the last page of this chat answered as `next`; absent for the first. */
  position?: Json;
  /** The oldest message of the chat that is stored, if any. */
  oldest?: { id: RemoteId; at: number };
};

export type HistoryPage = {
  /** Oldest first, at most `limits.historyPage`; messages have `backfill: true`. What is stored already may be among them. */
  events: Event[];
  /** Where the next page begins; absent when the beginning of the chat is reached. */
  next?: Json;
};

export type Member = {
  buddy: BuddyInfo;
  role?: 'owner' | 'admin' | 'moderator' | 'voice' | 'member';
  presence?: PresenceState;
};
