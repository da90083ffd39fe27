import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { AdapterError, type FormField, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { channelFrom, nickFrom, usualChannelTypes } from './ids.js';
import { hostPort } from './reasons.js';
import { type Settings, tlsModes } from './settings.js';

const fields: FormField[] = [
  { name: 'server', label: 'Server', kind: 'text', required: true, placeholder: 'irc.example.org' },
  { name: 'port', label: 'Port', kind: 'number', required: false, help: '6697 with TLS, else 6667.' },
  {
    name: 'tls',
    label: 'Security',
    kind: 'choice',
    required: false,
    default: 'on',
    choices: [
      { value: 'on', label: 'TLS' },
      { value: 'off', label: 'No encryption' },
    ],
  },
  { name: 'nick', label: 'Nick', kind: 'text', required: true, help: 'The name others see and write to.' },
  {
    name: 'password',
    label: 'Password',
    kind: 'password',
    required: false,
    help: 'Of your account there, for SASL PLAIN. It is also given as the server password (PASS), which servers without SASL and bouncers ask for.',
  },
  { name: 'realname', label: 'Real name', kind: 'text', required: false, help: 'Shown to whoever asks about you.' },
  {
    name: 'channels',
    label: 'Channels to join',
    kind: 'list',
    required: false,
    placeholder: '#parley, #another',
    help: 'Separated by commas or spaces. Channels you join later are kept too.',
  },
  {
    name: 'account',
    label: 'Account name',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'For SASL, where it is not the nick.',
  },
  {
    name: 'certificate',
    label: 'Certificate to trust (PEM)',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'For servers with a certificate of their own making. This one is trusted besides the usual authorities.',
  },
  {
    name: 'pace',
    label: 'Lines a second',
    kind: 'number',
    required: false,
    default: '2',
    advanced: true,
    help: 'How fast long texts go out after their first ten lines, 0.2 to 50. Most servers cut off who writes faster than 2.',
  },
];

/** Ports that go without saying in an account's name. */
const usualPorts: ReadonlySet<number> = new Set([6667, 6697]);

const control = /[\p{Cc}\u2028\u2029]/u;
const blankIsAbsent = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const text = (max: number) =>
  z
    .string('Please fill this in.')
    .max(max, 'This is too long.')
    .refine((value) => value.isWellFormed(), 'This is not text.')
    .refine((value) => !control.test(value), 'Line breaks and control characters are not allowed.');
const number = (least: number, most: number, sort: RegExp) =>
  optional(
    z
      .union([z.number(), z.string().trim().regex(sort).transform(Number)], 'Please give a number.')
      .refine((value) => sort.test(String(value)), `A number from ${least} to ${most}.`)
      .refine((value) => value >= least && value <= most, `A number from ${least} to ${most}.`),
  );

const server = text(253)
  .transform((value) => value.trim().toLowerCase())
  .refine(
    (value) => isIP(value.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/.test(value),
    'This is not a server name.',
  )
  .transform((value) => value.replace(/^\[(.*)\]$/, '$1'));

const tls = z.preprocess((value) => {
  const typed = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (typed === true || typed === 'true') return 'on';
  if (typed === false || typed === 'false') return 'off';
  return typed === '' || typed === null ? undefined : typed;
}, z
  .enum(tlsModes, 'Choose on or off. STARTTLS is not offered: on IRC it can be stripped without notice.')
  .default('on'));

const nick = text(64).transform((value, context) => {
  const found = nickFrom(value.trim());
  if (found !== undefined && !found.startsWith('*')) return found;
  context.addIssue(value.trim() === '' ? 'Please fill this in.' : 'This cannot be a nick.');
  return z.NEVER;
});

const maxChannels = 100;
const channels = z.preprocess(
  (value) => {
    if (typeof value === 'string') return value.split(/[\s,]+/).filter((name) => name !== '');
    return value ?? [];
  },
  z
    .array(text(64), 'A list of channels.')
    .max(maxChannels, `At most ${maxChannels} channels.`)
    .transform((names, context) =>
      names.map((name) => {
        const found = channelFrom(name.trim(), usualChannelTypes);
        if (found === undefined) context.addIssue(`"${name.slice(0, 64)}" cannot be a channel.`);
        return found ?? '';
      }),
    ),
);

const input = z.object({
  server,
  port: number(1, 65_535, /^\d{1,5}$/),
  tls,
  nick,
  password: optional(text(300)),
  realname: optional(text(100).transform((value) => value.trim())),
  channels,
  account: optional(
    text(100)
      .transform((value) => value.trim())
      .refine((value) => !value.includes(' '), 'An account name has no spaces.'),
  ),
  certificate: optional(
    z.string('Please paste the certificate.').max(20_000, 'This is too long.').transform(readCertificate),
  ),
  pace: number(0.2, 50, /^\d{1,2}(\.\d{1,3})?$/),
});

/** Accepts PEM with its line breaks lost (a one-line text field) and answers the DER as base64. */
function readCertificate(typed: string, context: z.RefinementCtx): string {
  const der = typed.replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '');
  try {
    return new X509Certificate(Buffer.from(der, 'base64')).raw.toString('base64');
  } catch {
    context.addIssue('This is not a certificate in PEM form.');
    return z.NEVER;
  }
}

/** The one form of the IRC network. No server is asked: a wrong password shows as the account's state. */
export class IrcLogin implements LoginProcess {
  #over = false;

  constructor(private readonly signal: AbortSignal) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to an IRC server', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.signal.aborted) throw new AdapterError('rejected', 'This sign-in is finished.');
    const form = input.safeParse(values);
    if (!form.success) {
      const notes: Record<string, string> = {};
      for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'server')] ??= issue.message;
      throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
    }
    this.#over = true;
    const { server: host, port, pace, channels: names, ...rest } = form.data;
    const session: Settings = {
      ...rest,
      server: host,
      port: port ?? (form.data.tls === 'on' ? 6697 : 6667),
      channels: [...new Set(names)],
      pace: pace ?? 2,
      sasl: false,
      watch: [],
      partial: [],
    };
    return {
      type: 'done',
      session: JSON.parse(JSON.stringify(session)),
      remoteId: `${session.nick.toLowerCase()}@${hostPort(host, session.port)}`,
      remoteName: `${session.nick} on ${usualPorts.has(session.port) ? host : hostPort(host, session.port)}`,
    };
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
