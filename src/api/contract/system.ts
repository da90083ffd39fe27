import { z } from 'zod';
import { id, time } from './common.js';

export const health = z.object({ status: z.literal('ok'), version: z.string() });
export const ready = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional(), ms: z.number().optional() })),
  /** True until the first admin exists. */
  needsSetup: z.boolean(),
});

export const webhook = z.object({
  id,
  url: z.string(),
  events: z.array(z.string()),
  lastError: z.string().nullable(),
  failures: z.int(),
  createdAt: time,
  /** Shown once, when made. */
  secret: z.string().optional(),
});
export type Webhook = z.infer<typeof webhook>;
export const createWebhookBody = z.object({
  url: z.url().max(2000),
  events: z
    .array(z.enum(['message', 'delivery', 'account', 'contact', 'conversation']))
    .min(1)
    .default(['message', 'delivery']),
});
