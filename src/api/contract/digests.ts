import { z } from 'zod';
import { id, line, time } from './common.js';
import { quietHours, zone } from './routes.js';

/**
 * Missed messages by mail or SMS while the user is away from Parley. `accountId` is the user's own account that sends
 * them, `address` where they go; what is answered from there goes to who wrote them.
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
  /** The time zone that letters tell times in. */
  zone,
});
export type Digest = z.infer<typeof digest>;
/** `problem`: why none can be sent now. */
export const digestState = digest.extend({ lastSentAt: time.nullable(), problem: z.string().optional() });
export type DigestState = z.infer<typeof digestState>;
export const putDigestBody = digest.extend({ accountId: id, address: line(320), zone: zone.default('UTC') });
