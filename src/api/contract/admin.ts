import { z } from 'zod';
import { channel, id, pageQuery, time } from './common.js';

/** How sending fares, of all users: counts and states, no message. */
export const overview = z.object({
  queued: z.int(),
  sending: z.int(),
  failedToday: z.int(),
  unknown: z.int(),
  oldestDueAt: time.nullable(),
  networks: z.array(
    z.object({
      network: z.string(),
      accounts: z.int(),
      online: z.int(),
      queued: z.int(),
      failedToday: z.int(),
      /** Accounts that are given a rest after failures in a row. */
      resting: z.int(),
    }),
  ),
  broadcasts: z.int(),
  /** What users have in quarantine; what it is, they alone see. */
  quarantined: z.object({ in: z.int(), out: z.int() }),
});
export type Overview = z.infer<typeof overview>;

export const listDeadLettersQuery = pageQuery.extend({
  status: z.enum(['failed', 'unknown']).optional(),
  network: z.string().max(64).optional(),
  userId: id.optional(),
});
/** A delivery that came to nothing or is in doubt. What was written is its user's alone. */
export const deadLetter = z.object({
  id,
  user: z.object({ id, name: z.string(), email: z.string() }),
  network: z.string(),
  channel,
  accountName: z.string(),
  /** The address with its middle left out. */
  target: z.string(),
  status: z.enum(['failed', 'unknown']),
  reason: z.string(),
  attempts: z.int(),
  at: time,
});
export type DeadLetter = z.infer<typeof deadLetter>;
/** Those of `ids`, or all failed ones that fit; a doubtful one is repeated only by its id. */
export const replayBody = z.union([
  z.object({ ids: z.array(id).min(1).max(500) }),
  z.object({ network: z.string().max(64).optional(), userId: id.optional(), since: time.optional() }),
]);
export const replayed = z.object({ replayed: z.int(), left: z.int() });
