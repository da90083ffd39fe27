import type { Channel } from '../../sdk/index.js';
import type { ConversationView, DeliveryStatus, MessageView } from '../views.js';

export type GroupMemberView = {
  contactId: string;
  name: string;
  /** Channels that lead to them now. */
  channels: Channel[];
  problem?: string;
};

export type RecipientView = {
  contactId: string | null;
  name: string;
  status: DeliveryStatus;
  /** Absent with `deliveryId` and `network`: no way led to them. */
  channel?: Channel;
  network?: string;
  deliveryId?: string;
  why?: string;
  reason?: string;
  at: string;
};

export type NewGroup = { name: string; contactIds: string[]; relay: boolean };

/** Groups of people on any networks. A group is a conversation, and is written in and read as one. */
export interface GroupService {
  create(userId: string, group: NewGroup): Promise<ConversationView>;
  patch(userId: string, id: string, change: Partial<NewGroup>): Promise<ConversationView>;
  members(userId: string, id: string): Promise<GroupMemberView[]>;
  /** With its history; what waits is cancelled. */
  remove(userId: string, id: string): Promise<void>;
  /** Says where somebody's words belong: to a group they are in, or to the user alone. */
  move(userId: string, messageId: string, conversationId: string): Promise<MessageView>;
  /** One for each person. */
  recipients(userId: string, messageId: string): Promise<RecipientView[]>;
}
