import { z } from 'zod';
import { id, rev, time } from './common.js';

const event = z.enum(['message', 'delivery', 'conversation', 'contact', 'account', 'broadcast']);

const address = z
  .string()
  .max(2048)
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol))
      context.addIssue('must be an address like https://example.org/parley');
    else if (url.username !== '' || url.password !== '')
      context.addIssue('must not have a user name or password in it');
  });

export const createWebhookBody = z.object({
  url: address,
  events: z.array(event).min(1).max(20).default(['message', 'delivery']),
});

/** `secret` is shown once. `failures` counts tries in a row that failed, `lastError` says why the last one did. */
export const webhook = z.object({
  id,
  url: z.string(),
  events: z.array(event),
  createdAt: time,
  sentRev: rev,
  failures: z.int().nonnegative(),
  lastError: z.string().nullable(),
  secret: z.string().optional(),
});
