import { z } from 'zod';
import { AdapterError } from '../../sdk/index.js';

export const tlsModes = ['on', 'starttls', 'off'] as const;
export type TlsMode = (typeof tlsModes)[number];

const server = z.object({ host: z.string(), port: z.number().int(), tls: z.enum(tlsModes) });
export type MailServer = z.infer<typeof server>;

/** What a sign-in stores; encrypted at rest by the core. */
const settings = z.object({
  address: z.string(),
  username: z.string(),
  password: z.string(),
  name: z.string().optional(),
  imap: server,
  smtp: server,
  /** How many mails already in the mailbox become history at the first connect. */
  backfill: z.number().int().min(0).max(50),
  /** DER of one certificate trusted besides the usual authorities, base64. */
  certificate: z.string().optional(),
  /** 32 random bytes, base64: the key of the tokens in our Message-IDs. */
  secret: z.string(),
});
export type Settings = z.infer<typeof settings>;

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
export function readSettings(session: unknown): Settings {
  const result = settings.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}
