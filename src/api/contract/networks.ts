import { z } from 'zod';
import { channel, id, line, rev, time } from './common.js';

const support = z.enum(['full', 'partial', 'fallback', 'dropped', 'rejected']);

const rate = z.object({ burst: z.int(), perMs: z.number() });

export const capabilities = z.object({
  send: z.object({
    maxBytes: z.number().optional(),
    maxLength: z.number(),
    formatting: support,
    attachments: support,
    replies: support,
    buttons: z.literal('full').optional(),
    /** An answer can begin a thread: `inThread`. */
    threads: z.literal('full').optional(),
    idempotent: z.boolean(),
    proves: z.enum(['sent', 'delivered', 'read']),
    /** How fast the network takes messages, of an account and of one chat: so many at once, then one every `perMs`. */
    pace: z.object({ account: rate.optional(), chat: rate.optional() }).optional(),
  }),
  edits: z.boolean(),
  deletions: z.boolean(),
  reactions: z.boolean(),
  typing: z.boolean(),
  readReceipts: z.boolean(),
  presence: z.boolean(),
  history: z.boolean(),
  members: z.boolean(),
  invites: z.boolean(),
  topic: z.boolean(),
});
export type Capabilities = z.infer<typeof capabilities>;

export const network = z.object({
  id: z.string(),
  name: z.string(),
  channel,
  loginFlows: z.array(z.object({ id: z.string(), label: z.string(), description: z.string().optional() })),
  capabilities,
  remark: z.string().optional(),
  addressHint: z.string(),
});
export type Network = z.infer<typeof network>;

export const formField = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'password', 'number', 'email', 'phone', 'url', 'choice', 'list']),
  required: z.boolean(),
  default: z.string().optional(),
  /** What is set now, in the settings of an account. */
  value: z.string().optional(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  placeholder: z.string().optional(),
  help: z.string().optional(),
  advanced: z.boolean().optional(),
});
export type FormField = z.infer<typeof formField>;

/** `is`: connecting, online, backfilling, stopped, waiting (retryAt, why), needs-login (why), failed (why). */
export const accountState = z.object({
  is: z.enum(['connecting', 'online', 'backfilling', 'stopped', 'waiting', 'needs-login', 'failed']),
  why: z.string().optional(),
  retryAt: time.optional(),
});
export type AccountState = z.infer<typeof accountState>;

export const account = z.object({
  id,
  network: z.string(),
  channel,
  name: z.string(),
  state: accountState,
  enabled: z.boolean(),
  lastEventAt: time.nullable(),
  profileId: id.nullable(),
  capabilities,
  /** What the person still has to enter at the network's side, such as where it is to push to. */
  setup: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
  /** What the network keeps for the account and lets it change: a contact list, a list of blocked people, settings. */
  keeps: z.object({ contacts: z.boolean(), blocking: z.boolean(), settings: z.boolean() }).optional(),
  /** The account of the same channel that sends in its place while this one cannot. */
  standbyId: id.nullable().optional(),
  /** It is given a rest after failures in a row: nothing is sent by it before `until`. */
  resting: z.object({ until: time, why: z.string() }).optional(),
  rev,
});
export type Account = z.infer<typeof account>;

export const loginStep = z.discriminatedUnion('type', [
  z.object({ type: z.literal('form'), title: z.string().optional(), fields: z.array(formField) }),
  z.object({ type: z.literal('show'), as: z.enum(['qr', 'code']), data: z.string(), text: z.string().optional() }),
  z.object({ type: z.literal('redirect'), url: z.string() }),
  z.object({ type: z.literal('done'), account }),
]);
export type LoginStep = z.infer<typeof loginStep>;

/** `accountId` signs an existing account in again. */
export const startLoginBody = z.object({
  network: z.string().max(64),
  flow: z.string().max(64).optional(),
  accountId: id.optional(),
});
export const startedLogin = z.object({ id, step: loginStep, expiresAt: time });
export const answerLoginBody = z.object({ input: z.record(z.string().max(64), z.unknown()) });
export const answeredLogin = z.object({ step: loginStep });
/** `error`: why the last answer was refused; the step is still open. */
export const currentLogin = z.object({ step: loginStep, error: z.string().optional() });

const MOST_ANSWERS = 32;
/** `state` is the sign-in; the rest is the other side's answer. */
export const loginCallbackQuery = z
  .object({ state: id })
  .catchall(z.union([z.string().max(8192), z.array(z.string().max(8192)).max(8)]))
  .refine((query) => Object.keys(query).length <= MOST_ANSWERS, 'has too many parts');

/** What can be changed of an account without signing in again. A field that is absent stays as it is. */
export const accountSettings = z.object({ fields: z.array(formField) });

export const patchAccountBody = z
  .object({ name: line(80), enabled: z.boolean(), profileId: id.nullable(), standbyId: id.nullable() })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
