import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type JsonObject } from '../../sdk/index.js';
import { ownSender, regionOf } from './ids.js';
import { defaultConfirmation, languages } from './opt-out.js';

export const clean = (max: number) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(
      z
        .string()
        .max(max, `at most ${max} characters`)
        .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'no control characters or line breaks'),
    );
const needed = (max: number, what: string) => clean(max).refine((text) => text.trim() !== '', what);
export const empty = (value: unknown) => (value === null || value === '' ? undefined : value);
export const optional = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema.optional());

const region = optional(clean(2)).transform((text, context) => {
  const found = regionOf(text ?? '');
  if (found !== 'unknown') return found ?? '';
  context.addIssue({ code: 'custom', message: 'a two-letter country code such as DE or US' });
  return z.NEVER;
});
/** Further numbers to send from, in a stored sign-in. */
const pool = z.array(z.string()).max(20).default([]).catch([]);
const ascii = (max: number, what: string) =>
  needed(max, what).refine((text) => /^[\x20-\x7e]*$/.test(text), 'plain ASCII characters only');

export const smppInput = z.object({
  host: needed(253, 'enter the host name of the SMS centre')
    .transform((text) =>
      text
        .trim()
        .replace(/^\[(.*)\]$/, '$1')
        .toLowerCase(),
    )
    .refine((text) => /^[a-z0-9._:-]+$/.test(text), 'a host name or address, without a scheme'),
  port: z.preprocess(
    (value) => empty(value) ?? 2775,
    z.coerce
      .number('a number from 1 to 65535')
      .int()
      .min(1, 'a number from 1 to 65535')
      .max(65535, 'a number from 1 to 65535'),
  ),
  systemId: ascii(64, 'enter the system id'),
  password: ascii(64, 'enter the password'),
  from: needed(400, 'enter the number or name messages come from'),
  tls: z.preprocess(
    (value) => {
      if (value === true || value === 'true') return 'on';
      if (value === false || value === 'false') return 'off';
      return empty(value) ?? 'off';
    },
    z.enum(['on', 'off'], 'on or off'),
  ),
  systemType: optional(clean(12)).transform((text) => text ?? ''),
  region,
  pool,
});

const placeholder = /\{(\w+)\}/g;
export const placeholders = [
  'from',
  'to',
  'toDigits',
  'text',
  'username',
  'password',
  'coding',
  'dlrUrl',
  'key',
] as const;

export const httpInput = z.object({
  url: needed(1000, 'enter the address of the gateway').transform((text, context) => {
    const url = URL.parse(text.trim());
    const problem =
      !url || !['http:', 'https:'].includes(url.protocol)
        ? 'an address that starts with http:// or https://'
        : url.username || url.password
          ? 'write user name and password into their own fields'
          : undefined;
    if (url && problem === undefined) {
      url.hash = '';
      return url.href;
    }
    context.addIssue({ code: 'custom', message: problem ?? 'not an address' });
    return z.NEVER;
  }),
  username: optional(clean(200)).transform((text) => text ?? ''),
  password: optional(clean(200)).transform((text) => text ?? ''),
  from: needed(400, 'enter the number or name messages come from'),
  method: z.preprocess((value) => empty(value) ?? 'get', z.enum(['get', 'form', 'json'], 'get, form or json')),
  auth: z.preprocess(
    (value) => empty(value) ?? 'parameters',
    z.enum(['parameters', 'basic', 'bearer'], 'parameters, basic or bearer'),
  ),
  parameters: optional(clean(1000)).transform((text, context) => {
    const names = [...new URLSearchParams(text ?? '').values()].flatMap((value) =>
      [...value.matchAll(placeholder)].map((match) => match[1]),
    );
    const known: readonly string[] = placeholders;
    const strange = names.find((name) => name === undefined || !known.includes(name));
    const missing =
      text !== undefined && !(names.includes('text') && (names.includes('to') || names.includes('toDigits')));
    if (strange === undefined && !missing) return text ?? '';
    context.addIssue({
      code: 'custom',
      message: missing ? 'must use {to} (or {toDigits}) and {text}' : `{${strange}} is not known`,
    });
    return z.NEVER;
  }),
  webhookToken: optional(
    clean(200).refine((text) => /^[A-Za-z0-9_-]{16,}$/.test(text), 'at least 16 letters, digits, "-" or "_"'),
  ).transform((text) => text ?? randomBytes(24).toString('base64url')),
  signingSecret: optional(clean(200).refine((text) => text.length >= 16, 'at least 16 characters')).transform(
    (text) => text ?? '',
  ),
  region,
  pool,
});

export type SmppSession = z.output<typeof smppInput>;
export type HttpSession = z.output<typeof httpInput>;

/** What holds for the account, whatever its gateways. A price is a decimal number for one segment. */
export const commonSchema = z.object({
  price: z.string().default(''),
  secondPrice: z.string().default(''),
  currency: z.string().default(''),
  /** How many messages a second; empty: no limit. */
  perSecond: z.string().default(''),
  languages: z.array(z.string()).default(Object.keys(languages)),
  stopWords: z.array(z.string()).default([]),
  startWords: z.array(z.string()).default([]),
  confirmStop: z.string().default(defaultConfirmation),
});
export type Common = z.output<typeof commonSchema>;

export type GatewaySession = ({ flow: 'smpp' } & SmppSession) | ({ flow: 'http' } & HttpSession);
export type AccountSession = { first: GatewaySession; second: GatewaySession | undefined; common: Common };

const nested = z.object({ second: z.record(z.string(), z.json()).optional(), common: commonSchema.prefault({}) });

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
export function readAccount(session: JsonObject): AccountSession {
  const more = stored(nested, session);
  return {
    first: readGateway(session),
    second: more.second === undefined ? undefined : readGateway(more.second),
    common: more.common,
  };
}

/** As it is stored; an account with one gateway looks as it always did. */
export function writeAccount({ first, second, common }: AccountSession): JsonObject {
  return { ...first, common, ...(second === undefined ? {} : { second }) };
}

const readGateway = (session: JsonObject): GatewaySession =>
  session.flow === 'http'
    ? { flow: 'http', ...stored(httpInput, session) }
    : { flow: 'smpp', ...stored(smppInput, session) };

function stored<S extends z.ZodType>(schema: S, session: JsonObject): z.output<S> {
  const result = schema.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}

export const sendersOf = ({ from, pool: more }: { from: string; pool: string[] }): string[] => [from, ...more];

/** Reads what a person entered; `prefix` is what the form puts before the names of the fields. */
export function check<S extends z.ZodType>(schema: S, input: unknown, nameOf = (name: string) => name): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) {
    const name = nameOf(String(issue.path[0] ?? ''));
    fields[name] ??= issue.code === 'invalid_type' ? 'this field is needed' : issue.message;
  }
  throw refused(fields);
}

export const refused = (fields: Record<string, string>) =>
  new AdapterError('rejected', `Please check: ${Object.keys(fields).join(', ')}`, { fields });

/** Our own numbers, as typed with commas between. @throws AdapterError `rejected` naming the field */
export function readSenders(typed: string, inRegion: string, field = 'from'): { from: string; pool: string[] } {
  const known = regionOf(inRegion);
  const senders = typed
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one) => ownSender(one, known === 'unknown' ? undefined : known));
  const [from, ...more] = [...new Set(senders)];
  if (from !== undefined && !senders.includes(undefined) && senders.length <= 20)
    return { from, pool: more.filter((one) => one !== undefined) };
  const why = 'a number with its country code, a short code, or a name of at most 11 letters and digits';
  throw refused({ [field]: senders.length > 20 ? 'at most 20 numbers' : why });
}
