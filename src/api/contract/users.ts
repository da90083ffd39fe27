import { z } from 'zod';
import { notifyLevel } from './attention.js';
import { id, line, presenceState, rev, time } from './common.js';

/** `lasting`: what can never be taken back once it is out (mail, SMS, several people). */
const undoFor = z.enum(['lasting', 'all']);

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:00');

/** What the user set once for all their clients. Without an entry, a client does what is usual. */
export const userSettings = z
  .object({
    theme: z.enum(['system', 'light', 'dark']),
    contrast: z.enum(['system', 'high']),
    density: z.enum(['comfortable', 'compact']),
    accent: z.enum(['teal', 'blue', 'violet', 'rose', 'amber', 'green', 'graphite']),
    clock: z.enum(['locale', '12', '24']),
    /** The key that sends; the other one begins a new line. */
    sendWith: z.enum(['enter', 'ctrl-enter']),
    /** Ask where the links of messages lead. */
    linkPreviews: z.boolean(),
    /** Single letters move about and do things, as in vi. */
    letterKeys: z.boolean(),
    /** What is told of conversations that have no level of their own. */
    notify: z.object({ direct: notifyLevel, group: notifyLevel, channel: notifyLevel }),
    /** Messages that hold one of these count as mentions. */
    keywords: z.array(line(60)).max(50),
    /** Nothing is told between these times of day. */
    quietHours: z.object({ from: timeOfDay, to: timeOfDay, zone: line(60) }).nullable(),
    /** Whether what is told outside of the page says what was written, and by whom. */
    pushPreview: z.boolean(),
    sound: z.boolean(),
    /** How the list of people is arranged, whether who is offline is in it, and which of its sections are shut. */
    list: z.object({
      arrange: z.enum(['availability', 'groups', 'networks', 'name']),
      offline: z.boolean(),
      closed: z.array(z.string().max(200)).max(200),
    }),
    /** The first steps: the network that was chosen, and whether they are not wanted any more. */
    guide: z.object({ network: line(60), hidden: z.boolean() }).partial(),
  })
  .partial();
export type UserSettings = z.infer<typeof userSettings>;

export const user = z.object({
  id,
  email: z.email(),
  name: z.string(),
  role: z.enum(['admin', 'user']),
  presence: z.object({ state: presenceState, note: z.string().optional() }),
  sendTyping: z.boolean().optional(),
  sendReceipts: z.boolean().optional(),
  /** Sending can be undone for so long (0: never), and for which messages the web client asks for it. */
  undoSeconds: z.int().optional(),
  undoFor: undoFor.optional(),
  settings: userSettings.optional(),
  profiles: z.array(z.object({ id, name: z.string(), isDefault: z.boolean(), routeId: id.nullable().optional() })),
  rev,
});
export type User = z.infer<typeof user>;

/** Whether others learn that the user types, and what they have read; a conversation can say otherwise. */
export const patchMeBody = z
  .object({
    sendTyping: z.boolean(),
    sendReceipts: z.boolean(),
    undoSeconds: z.int().min(0).max(60),
    undoFor,
    /** Entries that are left out stay as they are. */
    settings: userSettings,
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');

/** `routeId`: the route of all that no conversation or contact has one for. */
export const patchProfileBody = z.object({ routeId: id.nullable() });

const password = z.string().min(8, 'must have at least 8 characters').max(128);

export const setupBody = z.object({ email: z.email().max(254), password, name: line(80) });
export const signInBody = z.object({ email: z.email().max(254), password: z.string().min(1).max(128) });
/** `token` works as a Bearer token; the same session is in the cookie. */
export const session = z.object({ user, token: z.string() });
export type Session = z.infer<typeof session>;

export const createUserBody = z.object({
  email: z.email().max(254),
  password,
  name: line(80),
  role: z.enum(['admin', 'user']).default('user'),
});

export const scope = z.enum(['read', 'write', 'admin']);
export const createTokenBody = z.object({ name: line(80), scopes: z.array(scope).min(1).optional() });
/** `token` is shown once. */
export const token = z.object({
  id,
  name: z.string(),
  scopes: z.array(scope),
  createdAt: time,
  lastUsedAt: time.nullable(),
  token: z.string().optional(),
});
export type Token = z.infer<typeof token>;

export const setPresenceBody = z.object({
  state: presenceState.exclude(['unknown']),
  note: line(200).optional(),
  audience: line(80).optional(),
});
export const audience = z.object({
  id,
  name: z.string(),
  contactIds: z.array(id),
  presence: z.object({ state: presenceState, note: z.string().optional() }).nullable(),
});
export type Audience = z.infer<typeof audience>;
export const putAudiencesBody = z.object({
  items: z.array(z.object({ name: line(80), contactIds: z.array(id).max(10_000) })).max(50),
});
