import { z } from 'zod';

export const health = z.object({ status: z.literal('ok'), version: z.string() });
export const ready = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional(), ms: z.number().optional() })),
  /** True until the first admin exists. */
  needsSetup: z.boolean(),
});
