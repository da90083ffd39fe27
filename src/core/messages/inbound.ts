import { type BuddyInfo, type ChatInfo, type Event, type Json, limits, type MessageEvent } from '../../sdk/index.js';
import type { MessageView } from '../views.js';

/** Who an event came in for. */
export type InboundAccount = { id: string; userId: string; network: string };

/** One `deliver` call of one account: its events and its cursor are stored together or not at all. */
export type InboundCall = { account: InboundAccount; events: Event[]; cursor?: Json; history?: HistoryMove };

/** The page of a chat's history that a call is; the next one begins at `next`, null where there is none. */
export type HistoryMove = { chatRemoteId: string; next: Json | null };

/** A message from someone else whose chat and buddy are already known: what the batched statement stores. */
export type InboundRow = {
  id: string;
  account: InboundAccount;
  chatId: string;
  remoteId: string;
  buddyId: string;
  senderName: string;
  text: string;
  html: string | null;
  format: MessageEvent['format'];
  sentAt: Date;
  replyToRemote: string | null;
  counts: boolean;
  /** It may be awaited by messages that are stored. */
  meets: boolean;
};

/** What a batch became, per user: new messages have revisions up to `upTo`, touched conversations those up to `end`. */
export type Committed = {
  userId: string;
  base: number;
  upTo: number;
  end: number;
  messages: MessageView[];
  conversationIds: string[];
};

/** `delicate`: some of its messages wait to come again, readable, or belong to threads, whose first may come later. */
export type CachedChat = { chatId: string; declined: boolean; delicate: boolean };
export type CachedBuddy = { buddyId: string; name: string };

export interface InboundStore {
  /** Makes sure chat and sender exist; commits by itself. Answers what the batch needs to know of them. */
  prepare(account: InboundAccount, chat: ChatInfo, from: BuddyInfo): Promise<{ chat: CachedChat; buddy: CachedBuddy }>;
  /** Whether one of these very messages is stored and cannot be read, or begins a thread of which something is stored. */
  isAwaited(messages: Pick<InboundRow, 'chatId' | 'remoteId'>[]): Promise<boolean>;
  /** Stores rows and cursors in one transaction; rows already there are left out of the answer. */
  storeBatch(rows: InboundRow[], cursors: { accountId: string; cursor: Json | undefined }[]): Promise<Committed[]>;
  /** Stores one call with events of any kind in one transaction. `rev`s are the caller's to announce by user. */
  storeCall(call: InboundCall): Promise<StoredCall>;
  /** Keeps an event that could not be stored, with a note in its chat, and the cursor past it. */
  quarantine(account: InboundAccount, event: Event, cursor: Json | undefined, cause: unknown): Promise<void>;
}

/** What a stored call asks for beyond the announcement. */
export type StoredCall = {
  /** Deliveries whose state moved: fallbacks are looked at again. */
  settled: string[];
  /** Messages that were not there before. */
  added: number;
};

/** Remote clocks lie: a stamp from the future counts as now, one before 1990 as now. */
export function clampTime(at: number, now: number): Date {
  if (!Number.isFinite(at) || at < 631_152_000_000 || at > now + 60_000) return new Date(now);
  return new Date(at);
}

/** PostgreSQL stores no NUL and no lone surrogates. */
export function cleanText(text: string, max: number = limits.textLength): string {
  const whole = text.length > max ? `${text.slice(0, max)}…` : text;
  return whole.replaceAll('\u0000', '').toWellFormed();
}

export const cleanLine = (text: string, max = 200): string =>
  cleanText(text, max)
    .replace(/[\u0001-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
    .trim();
