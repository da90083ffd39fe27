import { z } from 'zod';
import { type FormField, readCertificate } from '../../sdk/index.js';
import { addressFrom } from './homeserver.js';
import { isUserId } from './ids.js';
import { recoveryField } from './recovery-field.js';

const homeserver: FormField = {
  name: 'homeserver',
  label: 'Homeserver',
  kind: 'text',
  required: true,
  placeholder: 'matrix.org',
  help: 'Its name, or the address of its client API, such as https://matrix.example.org.',
};
const more: FormField[] = [
  { ...recoveryField, advanced: true },
  {
    name: 'deviceName',
    label: 'Device name',
    kind: 'text',
    required: false,
    default: 'Parley',
    advanced: true,
    help: 'How this sign-in is listed among your devices.',
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

export type Flow = 'password' | 'sso' | 'token';
export const flowFields: Record<Flow, FormField[]> = {
  password: [
    homeserver,
    { name: 'username', label: 'User name', kind: 'text', required: true, placeholder: 'alice or @alice:example.org' },
    { name: 'password', label: 'Password', kind: 'password', required: true },
    ...more,
  ],
  sso: [homeserver, ...more],
  token: [
    homeserver,
    { name: 'accessToken', label: 'Access token', kind: 'password', required: true },
    {
      name: 'userId',
      label: 'Matrix address',
      kind: 'text',
      required: false,
      placeholder: '@alice:example.org',
      help: 'Needed only while the server cannot be reached: it knows whose token this is.',
    },
    ...more,
  ],
};

const control = /[\p{Cc}\u2028\u2029]/u;
const blankIsAbsent = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const text = (max: number) =>
  z
    .string('Please fill this in.')
    .min(1, 'Please fill this in.')
    .max(max, 'This is too long.')
    .refine((value) => value.isWellFormed(), 'This is not text.')
    .refine((value) => !control.test(value), 'Line breaks and control characters are not allowed.');
const trimmed = (max: number) =>
  text(max)
    .transform((value) => value.trim())
    .refine((value) => value !== '', 'Please fill this in.');

const shared = {
  homeserver: trimmed(500).refine((value) => addressFrom(value) !== undefined, 'This is not a server.'),
  recoveryKey: optional(trimmed(500)),
  deviceName: optional(trimmed(100)).transform((value) => value ?? 'Parley'),
  certificate: optional(
    z.string('Please paste the certificate.').max(20_000, 'This is too long.').transform(certificateFrom),
  ),
};
const username = trimmed(300).refine(
  (value) => isUserId(value) || /^@?[^\s:@/]+$/.test(value),
  'This is neither a user name nor a Matrix address.',
);

export const flowInputs = {
  password: z.object({ ...shared, username, password: text(1000) }),
  sso: z.object(shared),
  token: z.object({
    ...shared,
    accessToken: trimmed(2000).refine((value) => !/\s/.test(value), 'This is not a token.'),
    userId: optional(trimmed(300).refine(isUserId, 'This is not a Matrix address.')),
  }),
};

/** Answers the DER as base64. */
function certificateFrom(typed: string, context: z.RefinementCtx): string {
  const der = readCertificate(typed);
  if (der !== undefined) return der;
  context.addIssue('This is not a certificate in PEM form.');
  return z.NEVER;
}
