import { z } from 'zod';
import { reminder } from './attention.js';
import { channel, id, line, page, rev, time } from './common.js';
import { duration, route, urgency } from './routes.js';

/** Of a voice message: its length, and its loudness from 0 to 100 in parts of equal length. */
export const voice = z.object({
  durationMs: z.int().min(0).max(86_400_000),
  waveform: z.array(z.int().min(0).max(100)).max(120),
});

export type Voice = z.infer<typeof voice>;

export const attachment = z.object({
  id,
  name: z.string(),
  type: z.string(),
  size: z.int(),
  url: z.string(),
  /** The part of a mail that its HTML shows as `<img src="cid:...">`. */
  contentId: z.string().optional(),
  voice: voice.optional(),
});
export type Attachment = z.infer<typeof attachment>;

/** What a link leads to, as its page says. `picture` is fetched by way of `/messages/{id}/images`. */
export const linkPreview = z.object({
  url: z.string(),
  title: z.string().optional(),
  text: z.string().optional(),
  site: z.string().optional(),
  picture: z.string().optional(),
});
export type LinkPreview = z.infer<typeof linkPreview>;

export const deliveryStatus = z.enum([
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'cancelled',
]);
export type DeliveryStatus = z.infer<typeof deliveryStatus>;

export const attempt = z.object({
  at: time,
  endedAt: time.nullable(),
  outcome: z.enum(['sending', 'sent', 'delivered', 'failed', 'retry', 'unknown']),
  reason: z.string().optional(),
  providerId: z.string().optional(),
  parts: z.int().optional(),
  /** Which of the account's gateways took it. */
  provider: z.string().optional(),
  /** For all parts together; `amount` is a decimal number. */
  cost: z.object({ amount: z.string(), currency: z.string() }).optional(),
});

/** The ledger: one row a target, one attempt a try. `nextStep` says in words what happens next, if anything. */
export const delivery = z.object({
  id,
  messageId: id,
  channel,
  accountId: id,
  network: z.string(),
  chatId: id.nullable(),
  target: z.string(),
  status: deliveryStatus,
  reason: z.string().optional(),
  nextStep: z.string().optional(),
  dueAt: time.nullable(),
  step: z.int(),
  attempts: z.array(attempt),
  /** Who gets it, where that is a person of the contact list. */
  contactId: id.nullable().optional(),
  /** Why it goes this way, in words. */
  why: z.string().optional(),
  /** The delivery whose account failed, in whose place this one is. */
  standsInFor: id.optional(),
  /** The message before it in its chat that it waits for. */
  blockedBy: id.optional(),
  expiresAt: time.optional(),
  rev,
});
export type Delivery = z.infer<typeof delivery>;

export const button = z.object({
  label: line(64),
  url: z.url().max(2000).optional(),
  value: z.string().max(64).optional(),
});

/**
 * `status` of an outgoing message is that of its furthest delivery. Of one to several people it is that of the person
 * it is least far with, leaving out those it failed with as long as others are left: `recipients` counts them.
 */
export const message = z.object({
  id,
  conversationId: id,
  chatId: id,
  accountId: id,
  network: z.string(),
  direction: z.enum(['in', 'out']),
  sender: z.object({ buddyId: id.optional(), name: z.string() }),
  text: z.string(),
  html: z.string().optional(),
  format: z.enum(['plain', 'html', 'action', 'notice', 'system']),
  sentAt: time,
  rev,
  replyTo: id.optional(),
  /** The message that began the thread, if it is known. */
  thread: id.optional(),
  /** Why it cannot be read (yet). */
  unreadable: z.string().optional(),
  attachments: z.array(attachment),
  /** Absent until `POST /messages/{id}/previews` was called. */
  previews: z.array(linkPreview).optional(),
  reactions: z.array(z.object({ emoji: z.string(), name: z.string(), mine: z.boolean() })),
  editedAt: time.optional(),
  /** How many earlier wordings are kept: `GET /messages/{id}/edits`. */
  edits: z.int().optional(),
  /** It names the user, answers them, or holds one of their keywords. */
  mentioned: z.boolean().optional(),
  reminder: reminder.optional(),
  /** Marks of the user's own. */
  starred: z.boolean().optional(),
  pinned: z.boolean().optional(),
  /** The message it passes on, which may be gone. */
  forwardOf: id.optional(),
  deletedAt: time.optional(),
  status: deliveryStatus.optional(),
  /** Who of a group has it or has read it. */
  receipts: z.array(z.object({ name: z.string(), proves: z.enum(['delivered', 'read']), at: time })).optional(),
  buttons: z.array(z.array(button)).optional(),
  /** Channels an outgoing message went by, each with its state; of many people, the first 50. */
  deliveries: z.array(z.object({ id, channel, network: z.string(), status: deliveryStatus })).optional(),
  /** Of a message to several people: how many there are, and how many of them have each state. */
  recipients: z.object({ total: z.int(), byStatus: z.partialRecord(deliveryStatus, z.int()) }).optional(),
  urgency: urgency.optional(),
  /** Until then DELETE takes it back unsent. */
  undoUntil: time.optional(),
  broadcastId: id.optional(),
  /** An answer in a group that was sent on to the other members: `recipients` and the ledger are theirs. */
  relayed: z.boolean().optional(),
});
export type Message = z.infer<typeof message>;

export const maxText = 100_000;
/** No C0 control but tab and line ends: a message cannot carry a protocol's own marks. */
const text = z
  .string()
  .max(maxText, `must have at most ${maxText} characters`)
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'must not contain control characters');
export const someText = text.refine((given) => given.trim() !== '', 'must not be empty');
export const subject = line(300);

export const format = z.enum(['plain', 'markdown']).default('plain');
const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000);
const bytes = new TextEncoder();

/** A button opens `url`, or says `value` (its label, if there is none) to us. */
export const newButton = z
  .object({
    label: line(64),
    url: webAddress.optional(),
    value: z
      .string()
      .min(1)
      .refine((value) => bytes.encode(value).length <= 64, 'must have at most 64 bytes')
      .optional(),
  })
  .refine((given) => given.url === undefined || given.value === undefined, 'give either url or value');

export const attachmentIds = z.array(id).max(10).default([]);

/** Other words for one channel; what is absent is as in the message. */
const variant = z.object({ text: someText, subject: subject.optional() });
export const variants = z.object({ im: variant.optional(), email: variant.optional(), sms: variant.optional() });
export type Variants = z.infer<typeof variants>;

export const sendBody = z
  .object({
    text,
    format,
    replyTo: id.optional(),
    /** It belongs to the thread of the message it answers, which that begins where it is in none. */
    inThread: z.boolean().optional(),
    attachments: attachmentIds,
    /** Rows of buttons below the message; networks without buttons get them as lines of text. */
    buttons: z.array(z.array(newButton).min(1).max(8)).min(1).max(8).optional(),
    via: id.optional(),
    route: route.optional(),
    subject: subject.optional(),
    sendAt: time.optional(),
    urgency: urgency.optional(),
    /** It fails if it has not gone out this long after it was to. At most P7D; P1D if absent. */
    expiresIn: duration.optional(),
    /** It is held back this long, in which DELETE takes it back unsent. At most PT60S. */
    undo: duration.optional(),
    variants: variants.optional(),
    /** Addresses of the web go as short links of this server, by SMS. */
    shortenLinks: z.boolean().optional(),
  })
  .refine((body) => body.via === undefined || body.route === undefined, 'give either via or route')
  .refine((body) => body.inThread !== true || body.replyTo !== undefined, {
    path: ['inThread'],
    message: 'needs replyTo',
  })
  .refine((body) => body.text.trim() !== '' || body.attachments.length > 0, {
    path: ['text'],
    message: 'must not be empty without an attachment',
  });
export type SendBody = z.input<typeof sendBody>;
export const sent = z.object({ message, deliveries: z.array(delivery) });
export type SentMessage = z.infer<typeof sent>;

export const sendManyBody = z.object({
  to: z.array(id).min(1).max(1000),
  text: someText,
  format,
  route: route.optional(),
  subject: subject.optional(),
  urgency: urgency.optional(),
  variants: variants.optional(),
});
export const sentMany = z.object({ messages: z.array(message) });

/** What the networks have beyond what is stored; `unavailable`: they cannot be asked now. Absent: they keep no history. */
const history = z.enum(['more', 'end', 'unavailable']).optional();
/**
 * `nextCursor` goes on to what is older (`before`), `newerCursor` to what is newer (`after`): null where the page ends
 * with the newest message.
 */
export const messagePage = page(message).extend({ newerCursor: id.nullable(), history });
export const threadPage = page(message);
export const fetchedHistory = z.object({ added: z.int(), history });

const pageSize = z.coerce.number().int().min(1).max(200).default(50);

/** The newest page; or what is older or newer than a message, or stands around a message or a moment. */
export const listMessagesQuery = z
  .object({
    before: id.optional(),
    after: id.optional(),
    around: id.optional(),
    at: time.optional(),
    limit: pageSize,
  })
  .refine(
    ({ before, after, around, at }) => [before, after, around, at].filter((one) => one !== undefined).length <= 1,
    'give one of before, after, around and at',
  );
export const listThreadQuery = z.object({ before: id.optional(), limit: pageSize });
/** An address that the message's HTML names in `data-remote-src`, or a preview as its `picture`. */
export const imageQuery = z.object({ url: webAddress });

/** Text of a message; of one that waits for its time also its subject and the time itself. */
export const editBody = z
  .object({ text: someText.optional(), format, subject: subject.nullable().optional(), sendAt: time.optional() })
  .refine(
    (body) => body.text !== undefined || body.subject !== undefined || body.sendAt !== undefined,
    'nothing to change',
  );

/** A wording a message had; `at` is when it was written. */
export const earlier = z.object({ text: z.string(), html: z.string().optional(), at: time });
export type Earlier = z.infer<typeof earlier>;

export const marksBody = z
  .object({ starred: z.boolean().optional(), pinned: z.boolean().optional() })
  .refine((body) => body.starred !== undefined || body.pinned !== undefined, 'nothing to change');

/** `named`: says who wrote it; absent: where that was somebody else. */
export const forwardBody = z.object({
  conversationIds: z.array(id).min(1).max(20),
  text: text.optional(),
  named: z.boolean().optional(),
});
/** Where it could not go, `problem` says why. */
export const forwarded = z.object({
  conversationId: id,
  message: message.optional(),
  deliveries: z.array(delivery).optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});

/** A link that went out with a message: to a file, or a short one; `address` is what people open. */
export const messageLink = z.object({
  kind: z.enum(['file', 'short']),
  /** The file's name, or where a short link leads. */
  leadsTo: z.string(),
  address: z.string(),
  expiresAt: time,
  /** When its sender ended it. */
  endedAt: time.optional(),
});
export type MessageLink = z.infer<typeof messageLink>;

/** What a person knows of a delivery in doubt. */
export const resolveBody = z.object({ outcome: z.enum(['sent', 'failed']) });

export const searchQuery = z.object({
  q: z.string().trim().min(1).max(200),
  in: id.optional(),
  from: id.optional(),
  network: z.string().max(64).optional(),
  has: z.enum(['attachment', 'link']).optional(),
  before: time.optional(),
  after: time.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
