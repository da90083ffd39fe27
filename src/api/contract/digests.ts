import { z } from 'zod';
import { id, time } from './common.js';
import { quietHours } from './routes.js';

/**
 * Missed messages by mail or SMS while the user is away from Parley. `accountId` is the user's own account that sends
 * them, `address` where they go.
 */
export const digest = z.object({
  enabled: z.boolean(),
  accountId: id.nullable(),
  address: z.string(),
  /** Away for this long, and unread for as long. */
  awayMinutes: z.int().min(1).max(10_080),
  /** At most one digest in this time. */
  everyMinutes: z.int().min(1).max(10_080),
  include: z.enum(['direct', 'all']),
  /** None is sent then; the next one has what was missed. */
  quiet: quietHours.nullable(),
});
export type Digest = z.infer<typeof digest>;
/** `problem`: why none can be sent now. */
export const digestState = digest.extend({ lastSentAt: time.nullable(), problem: z.string().optional() });
export type DigestState = z.infer<typeof digestState>;
export const putDigestBody = digest.extend({ accountId: id, address: z.string().trim().min(3).max(320) });
