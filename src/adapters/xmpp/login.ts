import { isIP } from 'node:net';
import { z } from 'zod';
import { AdapterError, type FormField, type LoginProcess, type LoginStep, readCertificate } from '../../sdk/index.js';
import { readJid, typedJid } from './ids.js';
import { type Settings, tlsModes } from './settings.js';

const fields: FormField[] = [
  { name: 'jid', label: 'Address', kind: 'text', required: true, placeholder: 'you@example.org' },
  { name: 'password', label: 'Password', kind: 'password', required: true },
  {
    name: 'host',
    label: 'Server',
    kind: 'text',
    required: false,
    help: 'Only where it cannot be found by the address. Its certificate must still be for the part after the @.',
  },
  { name: 'port', label: 'Port', kind: 'number', required: false, help: '5223 with TLS, else 5222.' },
  {
    name: 'tls',
    label: 'Security',
    kind: 'choice',
    required: false,
    default: 'starttls',
    choices: [
      { value: 'starttls', label: 'STARTTLS' },
      { value: 'on', label: 'TLS' },
      { value: 'off', label: 'No encryption' },
    ],
  },
  {
    name: 'resource',
    label: 'Resource',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'What this program is called among your others. Made up when empty.',
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
    name: 'priority',
    label: 'Priority',
    kind: 'number',
    required: false,
    default: '0',
    advanced: true,
    help: 'Which of your programs gets messages that are for none in particular, -128 to 127; the highest wins.',
  },
];

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
const whole = (least: number, most: number) =>
  optional(
    z
      .union(
        [
          z.number(),
          z
            .string()
            .trim()
            .regex(/^-?\d{1,5}$/)
            .transform(Number),
        ],
        'Please give a number.',
      )
      .refine(
        (value) => Number.isInteger(value) && value >= least && value <= most,
        `A number from ${least} to ${most}.`,
      ),
  );

const tls = z.preprocess((value) => {
  const typed = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return typed === '' || typed === null ? undefined : typed;
}, z.enum(tlsModes, 'Choose on, starttls or off.').default('starttls'));

const host = text(253)
  .transform((value) =>
    value
      .trim()
      .toLowerCase()
      .replace(/^\[(.*)\]$/, '$1'),
  )
  .refine(
    (value) => isIP(value) !== 0 || /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/.test(value),
    'This is not a server name.',
  );

const jid = text(400).transform((value, context) => {
  const found = typedJid(value.trim());
  if (found && found.resource === '') return found.bare;
  context.addIssue(value.trim() === '' ? 'Please fill this in.' : 'This is not an address (name@server).');
  return z.NEVER;
});

const input = z.object({
  jid,
  password: text(1_000).refine((value) => value !== '', 'Please fill this in.'),
  host: optional(host),
  port: whole(1, 65_535),
  tls,
  resource: optional(text(60).transform((value) => value.trim())),
  certificate: optional(
    z
      .string('Please paste the certificate.')
      .max(20_000, 'This is too long.')
      .transform((typed, context) => {
        const der = readCertificate(typed);
        if (der !== undefined) return der;
        context.addIssue('This is not a certificate in PEM form.');
        return z.NEVER;
      }),
  ),
  priority: whole(-128, 127),
});

/** The one form of the XMPP network. No server is asked: a wrong password shows as the account's state. */
export class XmppLogin implements LoginProcess {
  #over = false;

  constructor(private readonly signal: AbortSignal) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to XMPP', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.signal.aborted) throw new AdapterError('rejected', 'This sign-in is finished.');
    const form = input.safeParse(values);
    if (!form.success) {
      const notes: Record<string, string> = {};
      for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'jid')] ??= issue.message;
      throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
    }
    const { resource, priority, ...rest } = form.data;
    const session: Settings = {
      ...rest,
      resource: resource ?? `parley-${crypto.randomUUID().slice(0, 8)}`,
      priority: priority ?? 0,
      rooms: [],
      listed: [],
      blocked: [],
    };
    if (!readJid(`${session.jid}/${session.resource}`)) {
      throw new AdapterError('rejected', 'Please check the marked fields.', {
        fields: { resource: 'This cannot be a resource.' },
      });
    }
    this.#over = true;
    return {
      type: 'done',
      session: JSON.parse(JSON.stringify(session)),
      remoteId: session.jid,
      remoteName: session.jid,
    };
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
