import type { ChatId, PresenceActivity, PresenceState, RemoteId } from './common.js';

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
  /** End-to-end encrypted. */
  encrypted?: boolean;
  memberCount?: number;
};

export type IncomingAttachment = {
  name: string;
  type: string;
  /** Stored before the event is committed; at most `limits.attachmentBytes`. */
  size: number;
  content: Uint8Array;
  /** The part's Content-ID without brackets (RFC 2392): `html` shows it as `<img src="cid:...">`. */
  contentId?: string;
};

export type MessageEvent = {
  type: 'message';
  chat: ChatInfo;
  /** Unique within the chat; the core drops an id it has, unless what it has is `unreadable` and this is not. */
  id: RemoteId;
  /** Absent when the account itself wrote it (an echo, or another client of the same account). */
  from?: BuddyInfo;
  /** Who a direct chat is with, where `from` is absent: the chat may be new. */
  to?: BuddyInfo;
  /** The `key` of the send this is the echo of, if the network can tell. */
  key?: string;
  text: string;
  html?: string;
  format: 'plain' | 'html' | 'action' | 'notice' | 'system';
  /** Remote time, ms since the epoch. */
  at: number;
  replyTo?: RemoteId;
  /** The message that began the thread this one is in. */
  thread?: RemoteId;
  attachments?: IncomingAttachment[];
  /** Why it cannot be read (yet), in words; `text` is then empty. The same id, readable, takes its place. */
  unreadable?: string;
  /** History fetched after the fact: stored, but raises no unread count. */
  backfill?: boolean;
};

export type ReceiptEvent = {
  type: 'receipt';
  /** A message we sent, named by its remote id or by its `key`. */
  target: RemoteId;
  /** `failed` carries the reason (bounce, undeliverable). */
  proves: 'sent' | 'delivered' | 'read' | 'failed';
  /** Everything of ours in this chat up to the target is proven too. */
  upTo?: ChatInfo;
  /** Who it is from, in a chat with several people. */
  from?: BuddyInfo;
  reason?: string;
  at: number;
};

export type ContactEvent = {
  type: 'contact';
  buddy: BuddyInfo;
  /** Roster groups; replaces those known. */
  groups?: string[];
  /** False: no longer in the network's own contact list. */
  listed?: boolean;
  blocked?: boolean;
  /** They asked to get no more messages (SMS STOP): the core refuses to send until it is false again. */
  optedOut?: boolean;
  /** Where they are: an IANA name, or an offset as `+02:00`. Null: they no longer say. */
  timeZone?: string | null;
  /** `id` changes with the picture; null: there is none any more. At most `limits.avatarBytes`. */
  avatar?: { id: string; type: string; content: Uint8Array } | null;
};

export type ChatEvent = {
  type: 'chat';
  chat: ChatInfo;
  joined?: boolean;
  /** We are asked in, or a stranger asks to reach us: a person accepts or declines (`Connection.invitations`). */
  invite?: { from?: BuddyInfo; text?: string };
};

export type PresenceEvent = {
  type: 'presence';
  buddy: BuddyInfo;
  state: PresenceState;
  note?: string;
  /** Since when they have done nothing there, ms since the epoch. */
  idleSince?: number;
  activity?: PresenceActivity;
  /** How long it may be believed without news; after that it is `unknown`. */
  ttlMs?: number;
};

export type Event =
  | MessageEvent
  | { type: 'edit'; chat: ChatInfo; target: RemoteId; text: string; html?: string; at: number }
  | { type: 'deletion'; chat: ChatInfo; target: RemoteId; at: number }
  | { type: 'reaction'; chat: ChatInfo; target: RemoteId; from?: BuddyInfo; emoji: string; on: boolean; at: number }
  | ReceiptEvent
  /** We read up to this message with another client of the account. */
  | { type: 'seen'; chat: ChatInfo; target: RemoteId; at: number }
  | { type: 'typing'; chat: ChatInfo; from: BuddyInfo; on: boolean }
  | PresenceEvent
  /** A roster entry, or what changed of it. */
  | ContactEvent
  /** A chat that appeared, changed its name or topic, was left, or asks us in. */
  | ChatEvent;
