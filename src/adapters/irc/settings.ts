import { z } from 'zod';
import { AdapterError } from '../../sdk/index.js';
import { caseMappings } from './ids.js';

export const tlsModes = ['on', 'off'] as const;

/** What a sign-in stores, and what the account has learned since; encrypted at rest by the core. */
const settings = z.object({
  server: z.string(),
  port: z.number().int(),
  tls: z.enum(tlsModes),
  nick: z.string(),
  password: z.string().optional(),
  /** Name for SASL, where it is not the nick. */
  account: z.string().optional(),
  realname: z.string().optional(),
  /** Joined channels as they are written; rejoined at every connect. */
  channels: z.array(z.string()),
  /** DER of one certificate trusted besides the usual authorities, base64. */
  certificate: z.string().optional(),
  /** Lines a second once the first ten are out. */
  pace: z.number(),
  /** How this server compares names, once it has said so. */
  caseMapping: z.enum(caseMappings).optional(),
  /** The server has taken the password by SASL before: from then on it is not entered without. */
  sasl: z.boolean().default(false),
  /** Nicks whose presence is watched, the last one written with at the end. */
  watch: z.array(z.string()).default([]),
  /** Messages of which only the beginning was sent: delivery key, and how much of the text (UTF-16 code units). */
  partial: z.array(z.object({ key: z.string(), sent: z.number().int() })).default([]),
});
export type Settings = z.infer<typeof settings>;

/** Reads a stored session. @throws AdapterError `auth` where it is not one of this adapter's */
export function readSettings(session: unknown): Settings {
  const read = settings.safeParse(session);
  if (read.success) return read.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read; please sign in again.', { cause: read.error });
}
