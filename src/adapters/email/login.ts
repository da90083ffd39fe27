import { randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { AdapterError, type FormField, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { addressFromInput } from './addresses.js';
import { type Settings, tlsModes } from './settings.js';

const tlsChoices = [
  { value: 'on', label: 'TLS from the start' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'off', label: 'No encryption' },
];

const fields: FormField[] = [
  { name: 'address', label: 'Mail address', kind: 'email', required: true, placeholder: 'you@example.org' },
  { name: 'password', label: 'Password', kind: 'password', required: true },
  { name: 'name', label: 'Your name', kind: 'text', required: false, help: 'What people see as the sender.' },
  { name: 'imapHost', label: 'IMAP server', kind: 'text', required: true, placeholder: 'imap.example.org' },
  { name: 'imapPort', label: 'IMAP port', kind: 'number', required: false, help: '993 with TLS, else 143.' },
  { name: 'imapTls', label: 'IMAP security', kind: 'choice', required: false, default: 'on', choices: tlsChoices },
  { name: 'smtpHost', label: 'SMTP server', kind: 'text', required: true, placeholder: 'smtp.example.org' },
  { name: 'smtpPort', label: 'SMTP port', kind: 'number', required: false, help: '465 with TLS, 587 with STARTTLS.' },
  { name: 'smtpTls', label: 'SMTP security', kind: 'choice', required: false, default: 'on', choices: tlsChoices },
  {
    name: 'username',
    label: 'User name',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'Where it is not the mail address.',
  },
  {
    name: 'backfill',
    label: 'Mails to fetch as history',
    kind: 'number',
    required: false,
    default: '20',
    advanced: true,
    help: 'The newest mails already in the inbox, 0 to 50.',
  },
  {
    name: 'certificate',
    label: 'Certificate to trust (PEM)',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'For servers with a certificate of their own making. This one is trusted besides the usual authorities.',
  },
];

const control = /[\p{Cc}\u2028\u2029]/u;
const blankIsAbsent = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? undefined : value);
const line = (max: number) =>
  z
    .string('Please fill this in.')
    .max(max, 'This is too long.')
    .refine((value) => !control.test(value), 'Line breaks and control characters are not allowed.');
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const host = z.preprocess(
  blankIsAbsent,
  line(253)
    .transform((value) => value.trim().toLowerCase())
    .refine(
      (value) => isIP(value.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/.test(value),
      'This is not a server name.',
    )
    .transform((value) => value.replace(/^\[(.*)\]$/, '$1')),
);
const whole = (min: number, max: number) =>
  optional(
    z
      .union(
        [
          z.number(),
          z
            .string()
            .trim()
            .regex(/^\d{1,9}$/)
            .transform(Number),
        ],
        'Please give a number.',
      )
      .refine((value) => Number.isInteger(value) && value >= min && value <= max, `A number from ${min} to ${max}.`),
  );
const tls = z.preprocess((value) => {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (text === true || text === 'true') return 'on';
  if (text === false || text === 'false') return 'off';
  return text === '' || text === null ? undefined : text;
}, z.enum(tlsModes, 'Choose on, starttls or off.').default('on'));

const input = z.object({
  address: line(320).transform((value, context) => {
    const address = addressFromInput(value);
    if (address) return address;
    context.addIssue('This is not a mail address.');
    return z.NEVER;
  }),
  password: line(1024).min(1, 'Please fill this in.'),
  username: optional(line(320)),
  name: optional(line(200).transform((value) => value.trim())),
  imapHost: host,
  imapPort: whole(1, 65_535),
  imapTls: tls,
  smtpHost: host,
  smtpPort: whole(1, 65_535),
  smtpTls: tls,
  backfill: whole(0, 50),
  certificate: optional(z.string().max(20_000).transform(readCertificate)),
});

/** Accepts PEM with its line breaks lost (a one-line text field) and answers the DER as base64. */
function readCertificate(text: string, context: z.RefinementCtx): string {
  const der = text.replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '');
  try {
    return new X509Certificate(Buffer.from(der, 'base64')).raw.toString('base64');
  } catch {
    context.addIssue('This is not a certificate in PEM form.');
    return z.NEVER;
  }
}

function settingsOf(form: z.infer<typeof input>): Settings {
  return {
    address: form.address,
    username: form.username ?? form.address,
    password: form.password,
    name: form.name,
    imap: { host: form.imapHost, port: form.imapPort ?? (form.imapTls === 'on' ? 993 : 143), tls: form.imapTls },
    smtp: { host: form.smtpHost, port: form.smtpPort ?? (form.smtpTls === 'on' ? 465 : 587), tls: form.smtpTls },
    backfill: form.backfill ?? 20,
    certificate: form.certificate,
    secret: randomBytes(32).toString('base64'),
  };
}

/** The one form of the mail network. No server is asked: a wrong password shows as the account's state. */
export class MailLogin implements LoginProcess {
  #done = false;

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to a mailbox', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#done) throw new AdapterError('rejected', 'This sign-in is finished.');
    const form = input.safeParse(values);
    if (!form.success) {
      const notes: Record<string, string> = {};
      for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'address')] ??= issue.message;
      throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
    }
    this.#done = true;
    const { certificate, name, ...session } = settingsOf(form.data);
    return {
      type: 'done',
      session: { ...session, ...(certificate && { certificate }), ...(name && { name }) },
      remoteId: `${session.username}@${session.imap.host}:${session.imap.port}`,
      remoteName: session.address,
    };
  }

  async cancel(): Promise<void> {
    this.#done = true;
  }
}
