import type { Arrival } from './rules.js';

/** Up to where a user was told: what changed since, of messages made since. */
export type Place = { rev: number; floor: string };

export type NewMessage = Arrival & {
  id: string;
  conversationId: string;
  conversation: string;
  sender: string;
  text: string;
  files: number;
  at: number;
};

/** What a moment brought: a reminder, or a conversation that was put off. */
export type Due = {
  userId: string;
  is: 'reminder' | 'snooze';
  conversationId: string;
  messageId: string | undefined;
  conversation: string;
  sender: string | undefined;
  text: string;
};

export type Device = { id: string; endpoint: string; p256dh: string; auth: string };

export type Looked = {
  messages: NewMessage[];
  place: Place;
  /** There may be more after `place`. */
  more: boolean;
  settings: unknown;
};

export interface AttentionStore {
  /** Where every user stands, and who has devices; `floorOfNew` for those of whom nothing is kept. */
  places(
    floorOfNew: string,
    userIds?: readonly string[],
  ): Promise<{ userId: string; place: Place; hasDevices: boolean }[]>;
  newest(userId: string): Promise<number>;
  /** New messages that are unread, not older than `oldest` (ms). */
  since(userId: string, place: Place, options: { oldest: number; floor: string }): Promise<Looked>;
  moved(userId: string, place: Place): Promise<void>;
  /** Marks what is due, and answers it: each once. */
  due(now: number): Promise<Due[]>;
  settings(userId: string): Promise<unknown>;
  /** Unread messages, as the program's badge counts them. */
  badge(userId: string): Promise<number>;
  devices(userId: string): Promise<Device[]>;
  sent(id: string, at: number): Promise<void>;
  failed(id: string, why: string): Promise<void>;
  gone(id: string): Promise<void>;
}

/** `gone`: the browser no longer wants any. */
export type Pushed = { is: 'sent' } | { is: 'gone' } | { is: 'failed'; why: string; retryAfterMs: number | undefined };

export interface PushSender {
  /** Encrypts and sends; never rejects. */
  send(device: Device, payload: string, topic: string, signal: AbortSignal): Promise<Pushed>;
}
