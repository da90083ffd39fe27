import { z } from 'zod';
import { AdapterError } from '../../sdk/index.js';

export const tlsModes = ['on', 'starttls', 'off'] as const;

const room = z.object({
  jid: z.string(),
  nick: z.string().optional(),
  password: z.string().optional(),
  /** False: left, but its chat is still that of a room. */
  joined: z.boolean(),
  name: z.string().optional(),
});
export type SavedRoom = z.infer<typeof room>;

/** What a sign-in stores, and what the account has learned since; encrypted at rest by the core. */
const settings = z.object({
  jid: z.string(),
  password: z.string(),
  /** Absent: found by DNS. */
  host: z.string().optional(),
  port: z.number().int().optional(),
  tls: z.enum(tlsModes),
  /** Chosen by the person, or made once, so that the server knows this client again. */
  resource: z.string(),
  /** DER of one certificate trusted besides the usual authorities, base64. */
  certificate: z.string().optional(),
  priority: z.number().int().min(-128).max(127).default(0),
  /** In rooms, and told to contacts. */
  nickname: z.string().optional(),
  rooms: z.array(room).default([]),
  /** The network's lists as they were last seen, to tell what has gone from them meanwhile. */
  listed: z.array(z.string()).default([]),
  blocked: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof settings>;

/** Reads a stored session. @throws AdapterError `auth` where it is not one of this adapter's */
export function readSettings(session: unknown): Settings {
  const read = settings.safeParse(session);
  if (read.success) return read.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read; please sign in again.', { cause: read.error });
}
