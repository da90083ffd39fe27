import { z } from 'zod';
import { id, line, pageQuery, rev, time } from './common.js';
import { attachmentIds, deliveryStatus, format, someText, subject, variants } from './messages.js';
import { route, urgency } from './routes.js';

/** One message to each of many people, by batches. `groupId`: the members of a group, each for themselves. */
export const createBroadcastBody = z
  .object({
    name: line(120).optional(),
    to: z.array(id).min(1).max(20_000).optional(),
    groupId: id.optional(),
    text: someText,
    format,
    subject: subject.optional(),
    variants: variants.optional(),
    attachments: attachmentIds,
    shortenLinks: z.boolean().optional(),
    route: route.optional(),
    urgency: urgency.optional(),
    sendAt: time.optional(),
  })
  .refine((body) => (body.to === undefined) !== (body.groupId === undefined), 'give either to or groupId');

/** `waiting` people have no message yet; `problem`: no way led to them. The others are counted by how far their message is. */
export const broadcastProgress = z.object({
  waiting: z.int(),
  problem: z.int(),
  queued: z.int(),
  sending: z.int(),
  sent: z.int(),
  delivered: z.int(),
  read: z.int(),
  failed: z.int(),
  unknown: z.int(),
  cancelled: z.int(),
});
export const broadcast = z.object({
  id,
  name: z.string(),
  text: z.string(),
  state: z.enum(['running', 'paused', 'cancelled', 'done']),
  total: z.int(),
  progress: broadcastProgress,
  createdAt: time,
  startsAt: time.nullable(),
  finishedAt: time.nullable(),
  rev,
});
export type Broadcast = z.infer<typeof broadcast>;

export const listBroadcastRecipientsQuery = pageQuery.extend({
  status: z.union([deliveryStatus, z.enum(['waiting', 'problem'])]).optional(),
});
export const broadcastRecipient = z.object({
  contactId: id,
  name: z.string(),
  status: z.union([deliveryStatus, z.enum(['waiting', 'problem'])]),
  messageId: id.nullable(),
  conversationId: id.nullable(),
  problem: z.string().optional(),
});
export type BroadcastRecipient = z.infer<typeof broadcastRecipient>;
