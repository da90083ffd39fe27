import type { Variants } from '../messages/request.js';
import type { RouteRequest, Urgency } from '../routing/policy.js';
import type { BroadcastProgress, BroadcastView, Page, PageRequest } from '../views.js';

export type NewBroadcast = {
  name?: string;
  /** Contacts, or a group whose members are meant, each for themselves. */
  to?: string[];
  groupId?: string;
  text: string;
  format: 'plain' | 'markdown';
  subject?: string;
  variants?: Variants;
  attachments: string[];
  shortenLinks?: boolean;
  route?: RouteRequest;
  urgency?: Urgency;
  sendAt?: string;
  /** As of a message. */
  onceKey?: string | undefined;
};

export type RecipientView = {
  contactId: string;
  name: string;
  status: keyof BroadcastProgress;
  messageId: string | null;
  conversationId: string | null;
  problem?: string;
};

/** One message to each of many people. Every call names the user it acts for; another user's id is `not-found`. */
export interface BroadcastService {
  /** Stored when it answers; the messages are made afterwards, batch by batch. */
  create(userId: string, broadcast: NewBroadcast): Promise<BroadcastView>;
  list(userId: string, page: PageRequest): Promise<Page<BroadcastView>>;
  get(userId: string, id: string): Promise<BroadcastView>;
  recipients(
    userId: string,
    id: string,
    page: PageRequest & { status?: keyof BroadcastProgress },
  ): Promise<Page<RecipientView>>;
  /** Nothing of it goes out until it is resumed. */
  pause(userId: string, id: string): Promise<BroadcastView>;
  resume(userId: string, id: string): Promise<BroadcastView>;
  /** What has not gone out never does. */
  cancel(userId: string, id: string): Promise<BroadcastView>;
}
