/** An opaque id minted by the adapter; unique within one account, stable across restarts. At most 512 characters. */
export type RemoteId = string;
export type ChatId = RemoteId;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** How well a network carries something. `fallback`: shown another way; `dropped`: silently lost; `rejected`: the send fails. */
export type Support = 'full' | 'partial' | 'fallback' | 'dropped' | 'rejected';
/** The channel family a network belongs to; routes are written in these. */
export type Channel = 'im' | 'email' | 'sms';

export type PresenceState = 'online' | 'away' | 'dnd' | 'offline' | 'unknown';
/** What somebody is doing, where their network says it. */
export type PresenceActivity = 'call';

/** What an adapter may hand over and hold. */
export const limits = {
  /** Events an adapter may hold undelivered before it stops reading. */
  pendingEvents: 1000,
  attachmentBytes: 25 * 1024 * 1024,
  avatarBytes: 512 * 1024,
  textLength: 100_000,
  idLength: 512,
  /** Events of one page of history. */
  historyPage: 200,
  /** Members one answer may list. */
  members: 20_000,
} as const;
