import { z } from 'zod';
import { channel, id, time } from './common.js';
import { sendBody } from './messages.js';

/** What each person would get, and by which way; nothing is stored or sent. */
export const previewBody = sendBody;
/** The same for many people: the first 20 of them, and how many each channel would carry. */
export const previewManyBody = z
  .intersection(sendBody, z.object({ to: z.array(id).min(1).max(20_000).optional(), groupId: id.optional() }))
  .refine((body) => (body.to === undefined) !== (body.groupId === undefined), 'give either to or groupId');

export const previewStep = z.object({
  step: z.int(),
  channel,
  accountId: id,
  network: z.string(),
  target: z.string(),
  /** When it goes; with `unless` only if the steps before have not proven that by then. */
  at: time,
  unless: z.enum(['sent', 'delivered', 'read']).optional(),
  /** Why this way, in words. */
  why: z.string(),
  text: z.string(),
  subject: z.string().optional(),
  html: z.string().optional(),
  /** Wire messages it takes: SMS segments, IRC lines. */
  parts: z.int().optional(),
  /** What it is expected to cost, from what the last ones did. */
  cost: z.object({ amount: z.string(), currency: z.string() }).optional(),
  /** Files that go as links. */
  links: z.array(z.object({ name: z.string(), expiresAt: time })).optional(),
  /** What is lost on the way, in words. */
  losses: z.array(z.string()),
});
export const previewRecipient = z.object({
  contactId: id.nullable(),
  name: z.string(),
  /** Why nothing would go to them. */
  problem: z.string().optional(),
  steps: z.array(previewStep),
});
export type PreviewRecipient = z.infer<typeof previewRecipient>;
/** `sentence`: the route that would be taken, in words; `from`: where it comes from. */
export const preview = z.object({
  sentence: z.string(),
  from: z.enum(['message', 'conversation', 'contact', 'profile', 'rule']),
  recipients: z.array(previewRecipient),
  total: z.int(),
  byChannel: z.object({ im: z.int(), email: z.int(), sms: z.int(), none: z.int() }),
});
export type Preview = z.infer<typeof preview>;
/** What each conversation would get of a message that is passed on. */
export const forwardPreview = z.object({ conversationId: id, preview });
