import { z } from 'zod';
import { id, line, pageQuery, presenceState, rev, time } from './common.js';

export const presence = z.object({
  state: presenceState,
  note: z.string().optional(),
  /** Since when they have done nothing there, where the network says it. */
  idleSince: time.optional(),
  activity: z.enum(['call']).optional(),
});
export type Presence = z.infer<typeof presence>;

export const buddy = z.object({
  id,
  accountId: id,
  network: z.string(),
  address: z.string(),
  name: z.string(),
  avatarUrl: z.string().optional(),
  presence,
  /** Groups of the network's own contact list. */
  groups: z.array(z.string()).optional(),
  /** In the network's own contact list. */
  listed: z.boolean().optional(),
  blocked: z.boolean().optional(),
  /** They asked to get no more messages: nothing is sent to them. */
  optedOut: z.boolean().optional(),
  /** Where they are, as their network says: an IANA name or an offset as `+02:00`. */
  timeZone: z.string().optional(),
});
export type Buddy = z.infer<typeof buddy>;

export const address = z.object({ kind: z.enum(['email', 'phone']), value: z.string() });

/** `presence` is that of `bestBuddyId`, the most available buddy. */
export const contact = z.object({
  id,
  name: z.string(),
  buddies: z.array(buddy),
  addresses: z.array(address),
  presence,
  bestBuddyId: id.nullable(),
  conversationId: id.nullable(),
  note: z.string().optional(),
  /** Where they are, as the user says; it wins over what networks say. */
  timeZone: z.string().optional(),
  favourite: z.boolean(),
  /** The saved route of what is written to them. */
  routeId: id.nullable().optional(),
  rev,
});
export type Contact = z.infer<typeof contact>;

export const listContactsQuery = pageQuery.extend({ q: z.string().max(200).optional() });
export const createContactBody = z.object({
  name: line(120),
  /** Buddies to link: known ones by id, new ones by account and address. */
  buddies: z
    .array(z.union([id, z.object({ id }), z.object({ accountId: id, address: line(320) })]))
    .max(50)
    .default([]),
  addresses: z
    .array(z.object({ kind: z.enum(['email', 'phone']), value: line(320) }))
    .max(50)
    .default([]),
});
export const patchContactBody = z
  .object({
    name: line(120),
    note: z.string().max(10_000).nullable(),
    favourite: z.boolean(),
    addresses: z.array(z.object({ kind: z.enum(['email', 'phone']), value: line(320) })).max(50),
    /** At every network of the contact that has a list for it. */
    blocked: z.boolean(),
    routeId: id.nullable(),
    /** An IANA name, or an offset as `+02:00`. */
    timeZone: line(64).nullable(),
  })
  .partial();
/** `listed`: in the network's own contact list, which keeps `name` and `groups`. */
export const patchBuddyBody = z
  .object({
    name: line(120),
    groups: z.array(line(80)).max(20),
    blocked: z.boolean(),
    listed: z.boolean(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
export const mergeBody = z.object({ contactId: id });
export const unmergeBody = z.object({ contactId: id });
export const splitBody = z.object({ buddyId: id });
/** Two contacts that are likely one person, and why. */
export const suggestion = z.object({ contactIds: z.array(id).length(2), reason: z.string() });
export const suggestions = z.object({ items: z.array(suggestion), nextCursor: z.null() });
