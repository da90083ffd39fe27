import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type FormField, type JsonObject, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { ownSender, regionOf } from './ids.js';
import { httpFields, smppFields } from './login-fields.js';
import { hostPort } from './reasons.js';

const clean = (max: number) =>
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
const empty = (value: unknown) => (value === null || value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema.optional());

const region = optional(clean(2)).transform((text, context) => {
  const found = regionOf(text ?? '');
  if (found !== 'unknown') return found ?? '';
  context.addIssue({ code: 'custom', message: 'a two-letter country code such as DE or US' });
  return z.NEVER;
});
const ascii = (max: number, what: string) =>
  needed(max, what).refine((text) => /^[\x20-\x7e]*$/.test(text), 'plain ASCII characters only');

const smppInput = z.object({
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
  from: needed(20, 'enter the number or name messages come from'),
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

const httpInput = z.object({
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
  from: needed(20, 'enter the number or name messages come from'),
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
  region,
});

export type SmppSession = z.output<typeof smppInput>;
export type HttpSession = z.output<typeof httpInput>;

export const smppSession = (session: JsonObject): SmppSession => stored(smppInput, session);
export const httpSession = (session: JsonObject): HttpSession => stored(httpInput, session);

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
function stored<S extends z.ZodType>(schema: S, session: JsonObject): z.output<S> {
  const result = schema.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}

function check<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? '');
    fields[name] ??= issue.code === 'invalid_type' ? 'this field is needed' : issue.message;
  }
  throw new AdapterError('rejected', `Please check: ${Object.keys(fields).join(', ')}`, { fields });
}

function senderOf(from: string, inRegion: string): string {
  const known = regionOf(inRegion);
  const sender = ownSender(from, known === 'unknown' ? undefined : known);
  if (sender !== undefined) return sender;
  const why = 'a number with its country code, a short code, or a name of at most 11 letters and digits';
  throw new AdapterError('rejected', 'Please check: from', { fields: { from: why } });
}

type Done = Extract<LoginStep, { type: 'done' }>;

function finishSmpp(input: unknown): Done {
  const fields = check(smppInput, input);
  const session = { ...fields, flow: 'smpp', from: senderOf(fields.from, fields.region) };
  const peer = hostPort(session.host, session.port);
  const remoteId = `smpp:${session.systemId}@${peer}/${session.from}`;
  return { type: 'done', session, remoteId, remoteName: `${session.from} via ${session.host}` };
}

function finishHttp(input: unknown): Done {
  const fields = check(httpInput, input);
  const session = { ...fields, flow: 'http', from: senderOf(fields.from, fields.region) };
  const url = new URL(session.url);
  const remoteId = `http:${session.username}@${url.host}${url.pathname}/${session.from}`.slice(0, 512);
  return { type: 'done', session, remoteId, remoteName: `${session.from} via ${url.hostname}` };
}

/** Signing in asks for everything at once and reaches no server. */
export class SmsLogin implements LoginProcess {
  readonly #fields: FormField[];
  readonly #finish: (input: unknown) => Done;
  readonly #signal: AbortSignal;
  #over = false;

  constructor(flow: string, signal: AbortSignal) {
    if (flow !== 'smpp' && flow !== 'http') throw new AdapterError('rejected', `SMS has no sign-in called "${flow}"`);
    this.#fields = flow === 'smpp' ? smppFields : httpFields;
    this.#finish = flow === 'smpp' ? finishSmpp : finishHttp;
    this.#signal = signal;
  }

  async start(): Promise<LoginStep> {
    return { type: 'form', fields: this.#fields };
  }

  async next(input: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.#signal.aborted) throw new AdapterError('rejected', 'this sign-in is over, start again');
    const done = this.#finish(input);
    this.#over = true;
    return done;
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
