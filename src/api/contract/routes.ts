import { z } from 'zod';
import { channel, id, line, time } from './common.js';

/** ISO 8601 duration of days, hours, minutes and seconds. */
export const duration = z
  .string()
  .max(32)
  .regex(/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, 'must be an ISO 8601 duration such as PT5M');

export const urgency = z.enum(['low', 'normal', 'urgent']);
export type Urgency = z.infer<typeof urgency>;

const proof = z.enum(['sent', 'delivered', 'read']);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as 22:00');
export const zone = z.string().max(64).refine(isZone, 'must be a time zone such as Europe/Berlin');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Times of the day in a time zone; they may go over midnight. */
export const quietHours = z.object({ from: clockTime, to: clockTime, zone });

export const conditions = z.object({
  online: z.literal(true).optional(),
  urgency: z.enum(['normal', 'urgent']).optional(),
  maxLength: z.int().min(1).max(100_000).optional(),
  attachments: z.boolean().optional(),
  maxCost: z
    .object({
      amount: z.string().regex(/^\d{1,6}(\.\d{1,6})?$/, 'must be a decimal number'),
      currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR'),
    })
    .optional(),
  quiet: quietHours.extend({ otherwise: z.enum(['wait', 'skip']) }).optional(),
});
export type Conditions = z.infer<typeof conditions>;

export const routeStep = z.object({
  channels: z.array(channel).min(1).max(3),
  /** Ways of these channels at the same time, or the first of them that can take it. */
  pick: z.enum(['all', 'first']).optional(),
  /** Left out once a step before has proven this; absent on a later step: it goes in any case. */
  unless: proof.optional(),
  /** How long the steps before have to prove it; or how much later a step that goes in any case does. At most P7D. */
  within: duration.optional(),
  only: conditions.optional(),
});
export type RouteStep = z.infer<typeof routeStep>;

/** Steps in order: "IM, and if not delivered in 5 minutes SMS, and email in any case". */
export const routePolicy = z
  .object({ steps: z.array(routeStep).min(1).max(6) })
  .refine(({ steps }) => steps[0]?.unless === undefined, {
    path: ['steps', 0, 'unless'],
    message: 'nothing comes before the first step that could prove anything',
  });
export type RoutePolicy = z.infer<typeof routePolicy>;

/** One of each channel, in the order given. */
export const shortRoute = z.object({
  mode: z.enum(['first', 'all', 'fallback']),
  channels: z.array(channel).min(1).max(3),
  /** The next step is left out once the one before has proven this. */
  unless: z.enum(['delivered', 'read']).optional(),
  /** ISO 8601 duration to wait for that proof, e.g. PT5M; at most P7D. */
  within: duration.optional(),
});

/** The short form, a policy written out, or a saved one. */
export const route = z.union([shortRoute, routePolicy, z.object({ id })]);
export type Route = z.infer<typeof route>;

/** `sentence` says in English what the policy does. */
export const savedRoute = z.object({
  id,
  name: z.string(),
  policy: routePolicy,
  sentence: z.string(),
  /** What it waits for that the user's accounts never prove. */
  problems: z.array(z.string()).optional(),
  createdAt: time,
});
export type SavedRoute = z.infer<typeof savedRoute>;
export const createRouteBody = z.object({ name: line(80), policy: routePolicy });
export const patchRouteBody = createRouteBody
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
