import { z } from 'zod';
import { channel, id, line, time } from './common.js';
import { deliveryStatus } from './messages.js';

/** A group whose members are on any networks: each gets every message on their own channel. */
export const groupMember = z.object({
  contactId: id,
  name: z.string(),
  /** Channels that lead to them now; none: they get nothing. */
  channels: z.array(channel),
  /** Why nothing can be sent to them, in words. */
  problem: z.string().optional(),
});
export type GroupMember = z.infer<typeof groupMember>;

/** `relay`: what one member answers is sent on to the others, with the name. */
export const createGroupBody = z.object({
  name: line(120),
  contactIds: z.array(id).min(1).max(200),
  relay: z.boolean().default(false),
});
export const patchGroupBody = z
  .object({ name: line(120), contactIds: z.array(id).min(1).max(200), relay: z.boolean() })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');

/** Their own conversation, or a group they are in. */
export const moveMessageBody = z.object({ conversationId: id });

/**
 * Where a message stands with one person: the furthest of the deliveries to them. A person to whom no way led has
 * `failed`, with the reason, and no delivery. `contactId` is null for a room, and for who is no contact any more.
 */
export const recipient = z.object({
  contactId: id.nullable(),
  name: z.string(),
  status: deliveryStatus,
  channel: channel.optional(),
  network: z.string().optional(),
  deliveryId: id.optional(),
  /** Why it goes, or went, this way. */
  why: z.string().optional(),
  reason: z.string().optional(),
  at: time,
});
export type Recipient = z.infer<typeof recipient>;
