import { z } from 'zod';
import { id, time } from './common.js';

/** What could not be processed by a fault of Parley's, kept for its user to try again or to discard. */
export const quarantined = z.object({
  id,
  /** `in`: it came and could not be stored; `out`: it was to be sent and could not be made ready. */
  direction: z.enum(['in', 'out']),
  accountId: id,
  network: z.string(),
  conversationId: id.nullable(),
  conversationName: z.string().nullable(),
  /** The kind of event, or `message`. */
  kind: z.string(),
  reason: z.enum(['storage-refused', 'internal-error']),
  detail: z.string(),
  /** How it begins, as JSON. */
  excerpt: z.string(),
  /** Bytes of all of it. */
  size: z.int(),
  /** False where it was too large to be kept whole. */
  canRetry: z.boolean(),
  tries: z.int(),
  at: time,
});
export type Quarantined = z.infer<typeof quarantined>;
