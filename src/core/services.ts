import type { FormField, WebhookRequest, WebhookResponse } from '../sdk/index.js';
import type { AccountChange } from './accounts/store.js';
import type { AdminService } from './admin/service.js';
import type { PushService, ReminderService } from './attention/service.js';
import type { Level } from './attention/settings.js';
import type { BroadcastService } from './broadcasts/service.js';
import type { DeliveryService } from './delivery/service.js';
import type { DigestService } from './digests/service.js';
import type { GroupService } from './groups/service.js';
import type { LinkPreviewService } from './link-previews/service.js';
import type { LinkService } from './links/service.js';
import type { ForwardService } from './messages/forwards.js';
import type { MarkService } from './messages/marks.js';
import type { SendRequest } from './messages/request.js';
import type { MetricsService } from './metrics.js';
import type { PreviewService } from './previews/service.js';
import type { QuarantineService } from './quarantine/service.js';
import type { RouteService } from './routing/service.js';
import type { SyncPage } from './sync/change.js';
import type { TemplateService } from './templates/service.js';
import type { Part } from './uploads/range.js';
import type { UploadService } from './uploads/service.js';
import type {
  AccountView,
  AddressView,
  AttachmentView,
  BuddyView,
  ChatView,
  ContactView,
  ConversationView,
  DeliveryView,
  LoginStepView,
  MemberView,
  MessageView,
  NetworkView,
  Page,
  PageRequest,
  WhenStuck,
} from './views.js';
import type { WebhookService } from './webhooks/service.js';

/**
 * What the core offers to its callers (HTTP, WebSocket, command line). Every call names the user it acts for and
 * throws `DomainError`; another user's id is `not-found`. A call that answers has committed what it answers.
 */
export interface AccountService {
  networks(): NetworkView[];
  startLogin(
    userId: string,
    request: { network: string; flow?: string; accountId?: string },
  ): Promise<{ id: string; step: LoginStepView; expiresAt: string }>;
  answerLogin(userId: string, loginId: string, input: Record<string, unknown>): Promise<{ step: LoginStepView }>;
  /** Where a sign-in stands; `error` says why its last answer was refused. */
  login(userId: string, loginId: string): Promise<{ step: LoginStepView; error?: string }>;
  /** The browser came back from a `redirect` step with the other side's answer; `login` says what came of it. */
  loginCallback(userId: string, loginId: string, input: Record<string, string>): Promise<void>;
  cancelLogin(userId: string, loginId: string): Promise<void>;
  list(userId: string, page: PageRequest): Promise<Page<AccountView>>;
  get(userId: string, id: string): Promise<AccountView>;
  patch(userId: string, id: string, change: AccountChange): Promise<AccountView>;
  remove(userId: string, id: string): Promise<void>;
  reconnect(userId: string, id: string): Promise<AccountView>;
  /** The account's settings as a form, with what is set now. */
  settings(userId: string, id: string): Promise<{ fields: FormField[] }>;
  changeSettings(userId: string, id: string, input: Record<string, unknown>): Promise<{ fields: FormField[] }>;
  /** A push of the network itself; the adapter checks its authenticity. Unknown accounts answer 404. */
  webhook(accountId: string, request: WebhookRequest): Promise<WebhookResponse>;
  /**
   * Tells every connected network that has presence what the user wants to be seen as now, by all or by one audience.
   * Best effort: trouble shows in the accounts' state.
   */
  publishPresence(userId: string, audience?: string): Promise<void>;
}

export type NewBuddy = string | { id: string } | { accountId: string; address: string };

/** `listed`: in the network's own contact list, which also keeps `name` and `groups`. */
export type BuddyChange = { name?: string; groups?: string[]; blocked?: boolean; listed?: boolean };

export interface ContactService {
  list(userId: string, request: PageRequest & { q?: string }): Promise<Page<ContactView>>;
  get(userId: string, id: string): Promise<ContactView>;
  create(
    userId: string,
    contact: { name: string; buddies: NewBuddy[]; addresses: AddressView[] },
  ): Promise<ContactView>;
  patch(
    userId: string,
    id: string,
    change: {
      name?: string;
      note?: string | null;
      favourite?: boolean;
      addresses?: AddressView[];
      blocked?: boolean;
      /** null: none of their own. */
      routeId?: string | null;
      timeZone?: string | null;
    },
  ): Promise<ContactView>;
  /** Changes what the network keeps of one person; the network first, or nothing. */
  patchBuddy(userId: string, id: string, change: BuddyChange): Promise<BuddyView>;
  remove(userId: string, id: string): Promise<void>;
  /** Links the other's buddies, addresses and direct chats to `id`; answers `id`. */
  merge(userId: string, id: string, otherId: string): Promise<ContactView>;
  /** Takes a merged contact out again, whole; answers it. */
  unmerge(userId: string, id: string, otherId: string): Promise<ContactView>;
  /** Takes a buddy out again; answers the contact it now belongs to. */
  split(userId: string, id: string, buddyId: string): Promise<ContactView>;
  suggestions(userId: string): Promise<{ contactIds: [string, string]; reason: string }[]>;
}

export interface ConversationService {
  openChat(
    userId: string,
    request: { accountId: string; address?: string; join?: string },
  ): Promise<{ chat: ChatView; conversation: ConversationView }>;
  list(
    userId: string,
    request: PageRequest & { archived?: boolean; contactId?: string },
  ): Promise<Page<ConversationView>>;
  get(userId: string, id: string): Promise<ConversationView>;
  patch(
    userId: string,
    id: string,
    change: {
      pinned?: boolean;
      archived?: boolean;
      mutedUntil?: string | null;
      notify?: Level | null;
      snoozedUntil?: string | null;
      markedUnread?: boolean;
      draft?: string | null;
      readMessageId?: string;
      name?: string;
      /** null: as the user's own setting says. */
      sendTyping?: boolean | null;
      sendReceipts?: boolean | null;
      topic?: string;
      routeId?: string | null;
      /** An account that is to be used as long as it is connected and they are there; null: the best one. */
      via?: string | null;
      whenStuck?: WhenStuck;
      /** null: as everywhere. */
      scene?: Record<string, unknown> | null;
    },
  ): Promise<ConversationView>;
  /** An invitation is answered at its network, or nothing is changed. */
  accept(userId: string, id: string): Promise<ConversationView>;
  decline(userId: string, id: string): Promise<ConversationView>;
  /** Leaves the group or channel at its network; history stays. */
  leave(userId: string, id: string): Promise<ConversationView>;
}

/** What goes on around a conversation. `chatId` means one of its chats; else the last active one that can is meant. */
export interface RoomService {
  /** Best effort: the others are told where the network can and the user lets them know. */
  typing(userId: string, id: string, on: boolean): Promise<void>;
  members(userId: string, id: string, request: PageRequest & { chatId?: string }): Promise<Page<MemberView>>;
  invite(userId: string, id: string, request: { address: string; chatId?: string }): Promise<void>;
}

export type { SendRequest, Variants } from './messages/request.js';

/** Subject and time can be changed only while it waits for its time. */
export type MessageEdit = {
  text?: string;
  format: SendRequest['format'];
  subject?: string | null;
  sendAt?: string;
};

export type SearchRequest = {
  q: string;
  in?: string;
  from?: string;
  network?: string;
  has?: 'attachment' | 'link';
  before?: string;
  after?: string;
};

/** The newest page; or what is older or newer than a message, or stands around a message or a moment (ISO time). */
export type TimelineRequest = { before?: string; after?: string; around?: string; at?: string; limit: number };
/** `history`: what the networks still have; absent where none of them keeps any, or the page was not asked for older. */
export type TimelinePage = Page<MessageView> & {
  newerCursor: string | null;
  history?: 'more' | 'end' | 'unavailable';
};
export type FetchedHistory = { added: number; history?: 'more' | 'end' | 'unavailable' };

export interface MessageService {
  timeline(userId: string, conversationId: string, request: TimelineRequest): Promise<TimelinePage>;
  /** The thread that a message began, newest first, without that message. */
  thread(userId: string, id: string, request: { before?: string; limit: number }): Promise<Page<MessageView>>;
  /** Fetches one page of history from the network. */
  fetchOlder(userId: string, conversationId: string): Promise<FetchedHistory>;
  get(userId: string, id: string): Promise<MessageView>;
  send(
    userId: string,
    conversationId: string,
    request: SendRequest,
  ): Promise<{ message: MessageView; deliveries: DeliveryView[] }>;
  sendMany(
    userId: string,
    request: Pick<SendRequest, 'text' | 'route' | 'subject' | 'urgency' | 'variants' | 'onceKey'> & {
      to: string[];
      format?: SendRequest['format'];
    },
  ): Promise<MessageView[]>;
  edit(userId: string, id: string, edit: MessageEdit): Promise<MessageView>;
  remove(userId: string, id: string): Promise<MessageView>;
  react(userId: string, id: string, emoji: string, on: boolean): Promise<MessageView>;
  /** Those that wait for their time, the next one first. */
  scheduled(userId: string, page: PageRequest): Promise<Page<MessageView>>;
  deliveries(userId: string, id: string): Promise<DeliveryView[]>;
  search(userId: string, request: SearchRequest & PageRequest): Promise<Page<MessageView>>;
}

/** One serialised frame, the same bytes for every socket of a user. */
export type FrameListener = (frame: string) => void;

export interface SyncService {
  /** Changes after `since`, oldest first. Without `since`: none, and the newest revision. */
  since(userId: string, since: number | undefined, limit: number): Promise<SyncPage>;
  /**
   * Calls `listener` with everything after `since` (catch-up first, then live), in revision order and without gap.
   * The answer ends it. Rejects when the database is away.
   */
  subscribe(userId: string, since: number | undefined, listener: FrameListener): Promise<() => void>;
}

export interface AttachmentService {
  /** Streams to the store; throws `too-large` past 25 MiB and leaves nothing behind. */
  put(
    userId: string,
    file: { name: string; type: string; content: AsyncIterable<Uint8Array> },
  ): Promise<AttachmentView>;
  /** @param pick the part wanted of so many bytes; else all of them */
  open(
    userId: string,
    id: string,
    pick?: (size: number) => Part | undefined,
  ): Promise<{ file: AttachmentView; content: NodeJS.ReadableStream }>;
}

export interface ImageService {
  /** An image of another server, which the message's HTML or a preview must name; fetched because a person asked. */
  open(userId: string, messageId: string, url: string): Promise<{ type: string; content: Uint8Array }>;
}

export type Services = {
  accounts: AccountService;
  contacts: ContactService;
  conversations: ConversationService;
  rooms: RoomService;
  messages: MessageService;
  marks: MarkService;
  reminders: ReminderService;
  push: PushService;
  forwards: ForwardService;
  deliveries: DeliveryService;
  quarantine: QuarantineService;
  groups: GroupService;
  sync: SyncService;
  attachments: AttachmentService;
  uploads: UploadService;
  linkPreviews: LinkPreviewService;
  images: ImageService;
  links: LinkService;
  templates: TemplateService;
  routes: RouteService;
  previews: PreviewService;
  webhooks: WebhookService;
  digests: DigestService;
  broadcasts: BroadcastService;
  admin: AdminService;
  metrics: MetricsService;
};
