import { z } from 'zod';
import { AdapterError } from '../../sdk/index.js';
import { caseMappings } from './ids.js';

export const tlsModes = ['on', 'off'] as const;
/** How services are asked for a nick that somebody else has. */
export const recoveries = ['none', 'REGAIN', 'GHOST', 'RECOVER'] as const;

/** What a sign-in stores, and what the account has learned since; encrypted at rest by the core. */
const settings = z.object({
  server: z.string(),
  port: z.number().int(),
  tls: z.enum(tlsModes),
  /** `path` is for WebSockets alone. */
  transport: z.enum(['tcp', 'websocket']).default('tcp'),
  path: z.string().default('/'),
  nick: z.string(),
  password: z.string().optional(),
  /** For PASS, where it is another one. */
  serverPassword: z.string().optional(),
  /** Name for SASL, where it is not the nick. */
  account: z.string().optional(),
  realname: z.string().optional(),
  /** Joined channels as they are written; rejoined at every connect. */
  channels: z.array(z.string()),
  /** DER of one certificate trusted besides the usual authorities, base64. */
  certificate: z.string().optional(),
  /** PEM of our own certificate and its key, for SASL EXTERNAL. */
  clientCertificate: z.string().optional(),
  clientKey: z.string().optional(),
  /** Lines a second once the first are out; absent: as this kind of server is known to allow. */
  pace: z.number().optional(),
  /** How this server compares names, once it has said so. */
  caseMapping: z.enum(caseMappings).optional(),
  /** The server has taken the password by SASL before: from then on it is not entered without. */
  sasl: z.boolean().default(false),
  /** By which mechanism; after SCRAM the password is not shown to the server itself any more. */
  mechanism: z.string().optional(),
  /** Nicks whose presence is watched, the last one written with at the end. */
  watch: z.array(z.string()).default([]),
  /** Messages of which only the beginning was sent: delivery key, and how much of the text (UTF-16 code units). */
  partial: z.array(z.object({ key: z.string(), sent: z.number().int() })).default([]),
  /** Masks of people whose messages are dropped. */
  ignore: z.array(z.string()).default([]),
  /** Lines sent after each sign-in. */
  commands: z.array(z.string()).default([]),
  /** Whether questions by CTCP are answered. */
  ctcp: z.boolean().default(true),
  recover: z.enum(recoveries).default('none'),
  /** A sign-in that was never used: what an earlier one of this account has kept is to be taken over. */
  fresh: z.boolean().default(false),
});
export type Settings = z.infer<typeof settings>;

/** Reads a stored session. @throws AdapterError `auth` where it is not one of this adapter's */
export function readSettings(session: unknown): Settings {
  const read = settings.safeParse(session);
  if (read.success) return read.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read; please sign in again.', { cause: read.error });
}

/** What outlives a new sign-in of the same account. */
export const keptOver = settings.pick({ channels: true, watch: true, ignore: true, commands: true, ctcp: true });
export type KeptOver = z.infer<typeof keptOver>;
