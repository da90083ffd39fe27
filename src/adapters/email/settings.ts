import { z } from 'zod';
import { AdapterError, type Host, type JsonObject } from '../../sdk/index.js';

export const tlsModes = ['on', 'starttls', 'off'] as const;
export type TlsMode = (typeof tlsModes)[number];

const server = z.object({ host: z.string(), port: z.number().int(), tls: z.enum(tlsModes) });
export type MailServer = z.infer<typeof server>;

const grant = z.object({
  tokenUrl: z.string(),
  clientId: z.string(),
  clientSecret: z.string().optional(),
  scope: z.string().optional(),
  refreshToken: z.string().optional(),
  accessToken: z.string(),
  /** When the access token ends, ms since the epoch; 0 where the provider did not say. */
  expiresAt: z.number(),
});
/** What an OAuth sign-in left: where tokens come from, and those at hand. */
export type Grant = z.infer<typeof grant>;

export const sentCopyModes = ['auto', 'on', 'off'] as const;

/** What a sign-in stores; encrypted at rest by the core. */
const settings = z
  .object({
    address: z.string(),
    username: z.string(),
    password: z.string().optional(),
    oauth: grant.optional(),
    name: z.string().optional(),
    imap: server,
    smtp: server,
    /** How many mails already in a folder become history when it is first seen. */
    backfill: z.number().int().min(0).max(50),
    /** DER of one certificate trusted besides the usual authorities, base64. */
    certificate: z.string().optional(),
    /** 32 random bytes, base64: the key of the tokens in our Message-IDs. */
    secret: z.string(),
    /** Folders read besides the inbox; absent: the one for sent mail. */
    folders: z.array(z.string()).optional(),
    sentCopy: z.enum(sentCopyModes).default('auto'),
    /** Whether reading in Parley marks mail as read in the mailbox, and the other way round. */
    readState: z.boolean().default(true),
    /** Ask servers to report that a mail was delivered (RFC 3461). */
    deliveryReports: z.boolean().default(false),
    /** Ask recipients to report that they read a mail (RFC 8098). */
    readReports: z.boolean().default(false),
  })
  .refine((one) => one.password !== undefined || one.oauth !== undefined);
export type Settings = z.infer<typeof settings>;
export type Preferences = Pick<
  Settings,
  'name' | 'folders' | 'sentCopy' | 'readState' | 'deliveryReports' | 'readReports'
>;

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
export function readSettings(session: unknown): Settings {
  const result = settings.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}

/** A session as plain JSON: what is not set is not there. */
export function sessionOf(value: Settings): JsonObject {
  const { oauth, ...rest } = value;
  const kept = oauth === undefined ? rest : { ...rest, oauth };
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(kept)));
}

/** The account's settings as they are now; a change is stored before it counts. */
export class Config {
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private settings: Settings,
    private readonly host: Pick<Host, 'saveSession'>,
  ) {}

  get now(): Settings {
    return this.settings;
  }

  /** One change at a time: a new token and a new preference never overwrite each other. */
  change(patch: Partial<Settings>): Promise<void> {
    const saved = this.#saving.then(async () => {
      const next = { ...this.settings, ...patch };
      await this.host.saveSession(sessionOf(next));
      this.settings = next;
    });
    this.#saving = saved.catch(() => {});
    return saved;
  }
}
