import { z } from 'zod';
import { notifyLevel, reminder } from './attention.js';
import { id, line, pageQuery, presenceState, rev, time } from './common.js';
import { deliveryStatus } from './messages.js';
import { capabilities } from './networks.js';

export const chat = z.object({
  id,
  accountId: id,
  network: z.string(),
  kind: z.enum(['direct', 'group', 'channel']),
  name: z.string(),
  topic: z.string().optional(),
  subject: z.string().optional(),
  buddyId: id.nullable(),
  joined: z.boolean(),
  /** Asked in and not answered yet. */
  invited: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  memberCount: z.int().optional(),
  /** Of this very chat, while its account is connected; else what is usual on its network. */
  capabilities: capabilities.optional(),
});
export type Chat = z.infer<typeof chat>;

export const lastMessage = z.object({
  id,
  text: z.string(),
  direction: z.enum(['in', 'out']),
  senderName: z.string(),
  network: z.string(),
  sentAt: time,
  /** Of one without words. */
  files: z.array(z.object({ name: z.string(), type: z.string(), voice: z.boolean().optional() })).optional(),
  deleted: z.boolean().optional(),
  /** Of one that went out, as of this revision; as it moves on, the message says so. */
  status: deliveryStatus.optional(),
});

/**
 * `pass`: the next ones go first. `wait`: they wait while it is tried again, and go once it has failed or is in doubt.
 * `hold`: they wait until it is sent, or a person has decided.
 */
export const whenStuck = z.enum(['pass', 'wait', 'hold']);

/** How a conversation looks to the user; what is left out is as everywhere. */
export const scene = z.object({
  background: z.enum(['plain', 'paper', 'mist', 'dusk', 'grid']).optional(),
  density: z.enum(['comfortable', 'compact']).optional(),
  /** Tools beside the box: `few` leaves out all but attaching and sending. */
  tools: z.enum(['all', 'few']).optional(),
});
export type Scene = z.infer<typeof scene>;

export const conversation = z.object({
  id,
  name: z.string(),
  contactId: id.nullable(),
  kind: z.enum(['direct', 'group', 'channel']),
  chats: z.array(chat),
  unread: z.int(),
  lastMessage: lastMessage.nullable(),
  lastActiveAt: time,
  readMessageId: id.nullable(),
  pinned: z.boolean(),
  /** How many of its messages are pinned: `GET /conversations/{id}/pins`. */
  pins: z.int(),
  archived: z.boolean(),
  mutedUntil: time.nullable(),
  draft: z.string().nullable(),
  /** Of what the user is told; null: as is usual for its kind. */
  notify: notifyLevel.nullable(),
  /** Out of the list, and silent, until then. */
  snoozedUntil: time.nullable(),
  markedUnread: z.boolean(),
  /** How many of the unread messages speak to the user. */
  mentions: z.int(),
  reminder: reminder.nullable(),
  request: z.enum(['none', 'pending', 'declined']),
  /** null: as the user's own setting says. */
  sendTyping: z.boolean().nullable().optional(),
  sendReceipts: z.boolean().nullable().optional(),
  /** The saved route of its messages; null: that of the contact, or the profile. */
  routeId: id.nullable().optional(),
  /** The account that is to be used as long as it is connected; null: the best one. */
  via: id.nullable().optional(),
  /** What a message that cannot go does to those after it: see `whenStuck`. */
  whenStuck: whenStuck.optional(),
  scene: scene.nullable().optional(),
  /** A group over several networks; its `chats` are empty. */
  group: z.object({ members: z.array(z.object({ contactId: id, name: z.string() })), relay: z.boolean() }).optional(),
  rev,
});
export type Conversation = z.infer<typeof conversation>;

export const listConversationsQuery = pageQuery.extend({
  archived: z.enum(['true', 'false']).optional(),
  contactId: id.optional(),
});
export const patchConversationBody = z
  .object({
    pinned: z.boolean(),
    archived: z.boolean(),
    mutedUntil: time.nullable(),
    draft: z.string().max(100_000).nullable(),
    notify: notifyLevel.nullable(),
    snoozedUntil: time.nullable(),
    markedUnread: z.boolean(),
    /** The last message the user has read; unread is counted anew from there. */
    readMessageId: id,
    name: line(120),
    /** Whether the others learn that the user writes, and what they have read; null: as the user's own setting says. */
    sendTyping: z.boolean().nullable(),
    sendReceipts: z.boolean().nullable(),
    /** Of the room, at its network. */
    topic: z.union([z.literal(''), line(1000)]),
    routeId: id.nullable(),
    via: id.nullable(),
    whenStuck,
    scene: scene.nullable(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');

export const typingBody = z.object({ on: z.boolean() });

/** `chatId`: one chat of the conversation; without it the last active one that has members. */
export const listMembersQuery = z.object({
  chatId: id.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(2000).optional(),
});
export const member = z.object({
  address: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'admin', 'moderator', 'voice', 'member']),
  presence: presenceState,
  buddyId: id.optional(),
});
export type Member = z.infer<typeof member>;
export const inviteBody = z.object({ address: line(320), chatId: id.optional() });

/** `address`: a person; `join`: a channel. */
export const openChatBody = z
  .object({ accountId: id, address: line(320).optional(), join: line(200).optional() })
  .refine((body) => (body.address === undefined) !== (body.join === undefined), 'give either address or join');
export const openedChat = z.object({ chat, conversation });
