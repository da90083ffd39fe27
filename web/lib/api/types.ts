export type { DeadLetter, Overview } from '@contract/admin.js';
export type { NotifyLevel } from '@contract/attention.js';
export type { Broadcast, BroadcastRecipient } from '@contract/broadcasts.js';
export type { Channel, PresenceState, Problem } from '@contract/common.js';
export type { Buddy, Contact } from '@contract/contacts.js';
export type { Chat, Conversation, Member } from '@contract/conversations.js';
export type { Digest, DigestState } from '@contract/digests.js';
export type { Answer, BodyInput, EndpointName, endpoints, QueryInput } from '@contract/endpoints.js';
export type { GroupMember, Recipient } from '@contract/groups.js';
export type {
  Attachment,
  Delivery,
  DeliveryStatus,
  Earlier,
  LinkPreview,
  Message,
  MessageLink,
  SendBody,
  Variants,
  Voice,
} from '@contract/messages.js';
export type { Account, AccountState, Capabilities, FormField, LoginStep, Network } from '@contract/networks.js';
export type { Preview, PreviewRecipient } from '@contract/previews.js';
export type { Quarantined } from '@contract/quarantine.js';
export type { Alert, Device, ListedReminder } from '@contract/reminders.js';
export type { Conditions, Route, RoutePolicy, RouteStep, SavedRoute, Urgency } from '@contract/routes.js';
export type { Change, Frame } from '@contract/sync.js';
export type { Template } from '@contract/templates.js';
export type { Audience, Token, User, UserSettings } from '@contract/users.js';
