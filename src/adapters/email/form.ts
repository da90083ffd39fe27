import { isIP } from 'node:net';
import { z } from 'zod';
import { AdapterError, type FormField, readCertificate } from '../../sdk/index.js';
import { addressFromInput } from './addresses.js';
import { type MailServer, tlsModes } from './settings.js';

const tlsChoices = [
  { value: 'on', label: 'TLS from the start' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'off', label: 'No encryption' },
];

export const addressField: FormField = {
  name: 'address',
  label: 'Mail address',
  kind: 'email',
  required: true,
  placeholder: 'you@example.org',
};
export const nameField: FormField = {
  name: 'name',
  label: 'Your name',
  kind: 'text',
  required: false,
  help: 'What people see as the sender.',
};

/** The servers and what else is the same however one signs in; all may stay empty. */
export const serverFields: FormField[] = [
  {
    name: 'imapHost',
    label: 'IMAP server',
    kind: 'text',
    required: false,
    placeholder: 'imap.example.org',
    help: 'Found by the address when empty.',
  },
  { name: 'imapPort', label: 'IMAP port', kind: 'number', required: false, help: '993 with TLS, else 143.' },
  { name: 'imapTls', label: 'IMAP security', kind: 'choice', required: false, default: 'on', choices: tlsChoices },
  {
    name: 'smtpHost',
    label: 'SMTP server',
    kind: 'text',
    required: false,
    placeholder: 'smtp.example.org',
    help: 'Found by the address when empty.',
  },
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
    help: 'The newest mails already in each folder, 0 to 50. Older ones come when you page back.',
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
export const blankIsAbsent = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;
export const line = (max: number) =>
  z
    .string('Please fill this in.')
    .max(max, 'This is too long.')
    .refine((value) => !control.test(value), 'Line breaks and control characters are not allowed.');
export const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const host = line(253)
  .transform((value) => value.trim().toLowerCase())
  .refine(
    (value) => isIP(value.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/.test(value),
    'This is not a server name.',
  )
  .transform((value) => value.replace(/^\[(.*)\]$/, '$1'));
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
}, z.enum(tlsModes, 'Choose on, starttls or off.').optional());

export const address = line(320).transform((value, context) => {
  const found = addressFromInput(value);
  if (found) return found;
  context.addIssue('This is not a mail address.');
  return z.NEVER;
});

/** What both sign-ins ask for. */
export const common = {
  address,
  username: optional(line(320)),
  name: optional(line(200).transform((value) => value.trim())),
  imapHost: optional(host),
  imapPort: whole(1, 65_535),
  imapTls: tls,
  smtpHost: optional(host),
  smtpPort: whole(1, 65_535),
  smtpTls: tls,
  backfill: whole(0, 50),
  certificate: optional(z.string().max(20_000).transform(certificateFrom)),
};

/** Answers the DER as base64. */
function certificateFrom(typed: string, context: z.RefinementCtx): string {
  const der = readCertificate(typed);
  if (der !== undefined) return der;
  context.addIssue('This is not a certificate in PEM form.');
  return z.NEVER;
}

type Typed = {
  imapHost?: string | undefined;
  imapPort?: number | undefined;
  imapTls?: MailServer['tls'] | undefined;
  smtpHost?: string | undefined;
  smtpPort?: number | undefined;
  smtpTls?: MailServer['tls'] | undefined;
};

/** The servers as typed, or undefined for one that was left to be found. */
export function typedServers(form: Typed): { imap: MailServer | undefined; smtp: MailServer | undefined } {
  const { imapHost, imapPort, imapTls = 'on', smtpHost, smtpPort, smtpTls = 'on' } = form;
  return {
    imap:
      imapHost === undefined
        ? undefined
        : { host: imapHost, port: imapPort ?? (imapTls === 'on' ? 993 : 143), tls: imapTls },
    smtp:
      smtpHost === undefined
        ? undefined
        : { host: smtpHost, port: smtpPort ?? (smtpTls === 'on' ? 465 : 587), tls: smtpTls },
  };
}

/** What was typed, checked; throws `rejected` with a note for each field that is wrong. */
export function parse<T extends z.ZodType>(schema: T, values: Record<string, unknown>): z.infer<T> {
  const form = schema.safeParse(values);
  if (form.success) return form.data;
  const notes: Record<string, string> = {};
  for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'address')] ??= issue.message;
  throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
}
