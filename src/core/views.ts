import type { Capabilities, Channel, FormField, PresenceActivity, PresenceState, SetupLine } from '../sdk/index.js';
import type { Urgency } from './routing/policy.js';

/** What a client sees of each row. Times are ISO 8601 UTC. */
export type Page<T> = { items: T[]; nextCursor: string | null };
export type PageRequest = { limit: number; cursor?: string };

export type NetworkView = {
  id: string;
  name: string;
  channel: Channel;
  loginFlows: { id: string; label: string; description?: string }[];
  capabilities: Capabilities;
  remark?: string;
  addressHint: string;
};

export type AccountStateView = {
  is: 'connecting' | 'online' | 'backfilling' | 'stopped' | 'waiting' | 'needs-login' | 'failed';
  why?: string;
  retryAt?: string;
};

export type AccountView = {
  id: string;
  network: string;
  channel: Channel;
  name: string;
  state: AccountStateView;
  enabled: boolean;
  lastEventAt: string | null;
  profileId: string | null;
  capabilities: Capabilities;
  /** What the person still has to enter at the network's side. */
  setup?: SetupLine[];
  keeps?: Keeps;
  /** The account of the same channel that sends in its place while this one cannot. */
  standbyId: string | null;
  /** It failed again and again: nothing is sent by it before then. */
  resting?: { until: string; why: string };
  rev: number;
};

/** What a network keeps for an account and lets it change. */
export type Keeps = { contacts: boolean; blocking: boolean; settings: boolean };

export type LoginStepView =
  | { type: 'form'; title?: string; fields: FormField[] }
  | { type: 'show'; as: 'qr' | 'code'; data: string; text?: string }
  | { type: 'redirect'; url: string }
  | { type: 'done'; account: AccountView };

export type PresenceView = {
  state: PresenceState;
  note?: string;
  /** Since when they have done nothing there. */
  idleSince?: string;
  activity?: PresenceActivity;
};

export type BuddyView = {
  id: string;
  accountId: string;
  network: string;
  address: string;
  name: string;
  avatarUrl?: string;
  presence: PresenceView;
  groups: string[];
  listed: boolean;
  blocked: boolean;
  optedOut: boolean;
  /** Where they are, as their network says: an IANA name or an offset. */
  timeZone?: string;
};

export type AddressView = { kind: 'email' | 'phone'; value: string };

export type ContactView = {
  id: string;
  name: string;
  buddies: BuddyView[];
  addresses: AddressView[];
  presence: PresenceView;
  bestBuddyId: string | null;
  conversationId: string | null;
  note?: string;
  /** Where they are, as the user says; it wins over what networks say. */
  timeZone?: string;
  favourite: boolean;
  /** The saved route of what is written to them. */
  routeId: string | null;
  rev: number;
};

export type ChatView = {
  id: string;
  accountId: string;
  network: string;
  kind: 'direct' | 'group' | 'channel';
  name: string;
  topic?: string;
  subject?: string;
  buddyId: string | null;
  joined: boolean;
  invited: boolean;
  encrypted: boolean;
  memberCount?: number;
  /** Of this very chat, while its account is connected; else what is usual on its network. */
  capabilities?: Capabilities;
};

export type MemberView = {
  address: string;
  name: string;
  role: 'owner' | 'admin' | 'moderator' | 'voice' | 'member';
  presence: PresenceState;
  /** Where the user knows them already. */
  buddyId?: string;
};

export type LastMessageView = {
  id: string;
  text: string;
  direction: 'in' | 'out';
  senderName: string;
  network: string;
  sentAt: string;
  /** Of one without words. */
  files?: { name: string; type: string; voice?: boolean }[];
  deleted?: boolean;
  /** Of one that went out; as it moves on, the message says so. */
  status?: DeliveryStatus;
};

/** What a message that cannot go does to those after it. */
export type WhenStuck = 'pass' | 'wait' | 'hold';

export type ConversationView = {
  id: string;
  name: string;
  contactId: string | null;
  kind: 'direct' | 'group' | 'channel';
  chats: ChatView[];
  unread: number;
  lastMessage: LastMessageView | null;
  lastActiveAt: string;
  readMessageId: string | null;
  pinned: boolean;
  /** How many of its messages are pinned. */
  pins: number;
  archived: boolean;
  mutedUntil: string | null;
  draft: string | null;
  /** Of what the user is told; null: as is usual for its kind. */
  notify: 'all' | 'mentions' | 'none' | null;
  /** Out of the list, and silent, until then. */
  snoozedUntil: string | null;
  markedUnread: boolean;
  /** How many of the unread messages speak to the user. */
  mentions: number;
  reminder: ReminderState | null;
  request: 'none' | 'pending' | 'declined';
  sendTyping: boolean | null;
  sendReceipts: boolean | null;
  /** The saved route of its messages. */
  routeId: string | null;
  /** The account that is used as long as it is connected and they are there. */
  via: string | null;
  /** How it looks to the user; the contract of the API says what there is. */
  scene: Record<string, unknown> | null;
  whenStuck: WhenStuck;
  /** A group over several networks; `chats` are empty. */
  group?: { members: { contactId: string; name: string }[]; relay: boolean };
  rev: number;
};

export type DeliveryStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown' | 'cancelled';

export type AttachmentView = {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  contentId?: string;
  voice?: Voice;
};

/** Of a voice message: its length, and its loudness from 0 to 100 in parts of equal length. */
export type Voice = { durationMs: number; waveform: number[] };

/** What a link of a message leads to. */
export type LinkPreview = { url: string; title?: string; text?: string; site?: string; picture?: string };

/** `due`: its time has come, and it was not put away yet. */
export type ReminderState = { at: string; due: boolean };

export type MessageFormat = 'plain' | 'html' | 'action' | 'notice' | 'system';

export type MessageView = {
  id: string;
  conversationId: string;
  chatId: string;
  accountId: string;
  network: string;
  direction: 'in' | 'out';
  sender: { buddyId?: string; name: string };
  text: string;
  html?: string;
  format: MessageFormat;
  sentAt: string;
  rev: number;
  replyTo?: string;
  thread?: string;
  unreadable?: string;
  attachments: AttachmentView[];
  /** Absent until somebody asked for them. */
  previews?: LinkPreview[];
  reactions: { emoji: string; name: string; mine: boolean }[];
  editedAt?: string;
  /** How many earlier wordings are kept. */
  edits?: number;
  /** It speaks to the user. */
  mentioned?: boolean;
  reminder?: ReminderState;
  starred?: boolean;
  pinned?: boolean;
  /** The message it passes on. */
  forwardOf?: string;
  deletedAt?: string;
  status?: DeliveryStatus;
  receipts?: { name: string; proves: 'delivered' | 'read'; at: string }[];
  buttons?: { label: string; url?: string; value?: string }[][];
  deliveries?: { id: string; channel: Channel; network: string; status: DeliveryStatus }[];
  /** Of a message to several people: in how many of them it stands how. */
  recipients?: { total: number; byStatus: Partial<Record<DeliveryStatus, number>> };
  /** Absent: normal. */
  urgency?: Urgency;
  /** Until then DELETE takes it back unsent. */
  undoUntil?: string;
  /** An answer in a group that was sent on to the other members. */
  relayed?: boolean;
};

export type AttemptView = {
  at: string;
  endedAt: string | null;
  outcome: 'sending' | 'sent' | 'delivered' | 'failed' | 'retry' | 'unknown';
  reason?: string;
  providerId?: string;
  parts?: number;
  provider?: string;
  cost?: { amount: string; currency: string };
};

export type DeliveryView = {
  id: string;
  messageId: string;
  channel: Channel;
  accountId: string;
  network: string;
  chatId: string | null;
  target: string;
  status: DeliveryStatus;
  reason?: string;
  nextStep?: string;
  dueAt: string | null;
  step: number;
  /** Who gets it, where that is a person of the contact list. */
  contactId: string | null;
  /** Why it goes this way, in words. */
  why?: string;
  /** The delivery whose account failed, in whose place this one is. */
  standsInFor?: string;
  /** The message before it in its chat that it waits for. */
  blockedBy?: string;
  expiresAt: string;
  attempts: AttemptView[];
  rev: number;
};

/** `waiting` people have no message yet; to those with a `problem` no way led; the others by how far their message is. */
export type BroadcastProgress = Record<DeliveryStatus | 'waiting' | 'problem', number>;

export type BroadcastView = {
  id: string;
  name: string;
  text: string;
  state: 'running' | 'paused' | 'cancelled' | 'done';
  total: number;
  progress: BroadcastProgress;
  createdAt: string;
  startsAt: string | null;
  finishedAt: string | null;
  rev: number;
};
