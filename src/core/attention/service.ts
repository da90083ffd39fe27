import type { ConversationView, MessageView, Page, PageRequest } from '../views.js';

/** `message` is null for one about a conversation as a whole. */
export type ReminderView = { conversationId: string; message: MessageView | null; at: string; due: boolean };

export interface ReminderService {
  /** null: none any more. */
  ofMessage(userId: string, id: string, at: string | null): Promise<MessageView>;
  ofConversation(userId: string, id: string, at: string | null): Promise<ConversationView>;
  /** Those that are due or wait, the earliest first. */
  list(userId: string, page: PageRequest): Promise<Page<ReminderView>>;
}

/** A device that is told of messages; `problem` is why the last push did not reach it. */
export type DeviceView = {
  id: string;
  device: string;
  createdAt: string;
  lastSentAt: string | null;
  problem?: string;
};

export type NewDevice = {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  device: string;
  /** The endpoint this browser had before: the device stays the one it was. */
  replaces?: string | undefined;
};

export interface PushService {
  /** What browsers subscribe with; made once for this server. */
  publicKey(): Promise<string>;
  devices(userId: string): Promise<DeviceView[]>;
  /** One that is known is renewed; whose browser it is now gets the pushes. */
  subscribe(userId: string, device: NewDevice): Promise<DeviceView>;
  unsubscribe(userId: string, id: string): Promise<void>;
  /** A window of the user is looked at, until `away` is called. */
  looking(userId: string, window: object): void;
  away(userId: string, window: object): void;
}
