import { z } from 'zod';
import { reminder } from './attention.js';
import { id, line, time } from './common.js';
import { message } from './messages.js';

export const reminderBody = z.object({ at: time });
/** `message` is null for one about a conversation as a whole. */
export const listedReminder = reminder.extend({ conversationId: id, message: message.nullable() });
export type ListedReminder = z.infer<typeof listedReminder>;

const key = (bytes: number) =>
  z
    .string()
    .refine((text) => /^[\w-]+=*$/.test(text) && Math.floor((text.replace(/=+$/, '').length * 3) / 4) === bytes, {
      error: `must be ${bytes} bytes in base64url`,
    });
const endpoint = z.url({ protocol: /^https?$/ }).max(1500);
/** As `PushSubscription.toJSON()` of a browser has it. `replaces`: the endpoint that this browser had before. */
export const newDeviceBody = z.object({
  endpoint,
  keys: z.object({ p256dh: key(65), auth: key(16) }),
  device: line(120),
  replaces: endpoint.optional(),
});
/** A browser that is told of messages while no window is looked at. */
export const device = z.object({
  id,
  device: z.string(),
  createdAt: time,
  lastSentAt: time.nullable(),
  /** Why the last push did not reach it. */
  problem: z.string().optional(),
});
export type Device = z.infer<typeof device>;
export const pushKey = z.object({ publicKey: z.string() });

/** What open windows and devices are told. Without `title` nothing of it is to be seen. */
export const alert = z.object({
  is: z.enum(['message', 'reminder', 'snooze']),
  conversationId: id,
  messageId: id.optional(),
  title: z.string().optional(),
  sender: z.string().optional(),
  text: z.string().optional(),
  files: z.int().optional(),
  count: z.int(),
  mentioned: z.boolean().optional(),
  at: time,
});
export type Alert = z.infer<typeof alert>;
