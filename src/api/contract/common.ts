import { z } from 'zod';

export const id = z.uuid().meta({ description: 'UUIDv7' });
/** ISO 8601, UTC. */
export const time = z.iso.datetime();
/** A user's revision: a whole number that grows with each commit. */
export const rev = z.int().nonnegative();

/** RFC 9457 problem details. `code` is stable; `errors` names the input to mend, by field. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  errors: z.record(z.string(), z.string()).optional(),
});
export type Problem = z.infer<typeof problem>;

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const channel = z.enum(['im', 'email', 'sms']);
export type Channel = z.infer<typeof channel>;

export const presenceState = z.enum(['online', 'away', 'dnd', 'offline', 'unknown']);
export type PresenceState = z.infer<typeof presenceState>;

/** Text as a person types it: no NUL and none of the other C0 controls but tab and line feed. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f\u0085\u2028\u2029]*$/, 'must be one line without control characters');
