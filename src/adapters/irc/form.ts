import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { AdapterError, pemOf } from '../../sdk/index.js';
import { readCommand } from './commands.js';
import { channelFrom, nickFrom, usualChannelTypes } from './ids.js';
import { tidyMask } from './ignore.js';

/** What people type into the forms of this adapter, checked and brought into shape. */

const control = /[\p{Cc}\u2028\u2029]/u;
const blankIsAbsent = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;

export const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());

export const text = (max: number) =>
  z
    .string('Please fill this in.')
    .max(max, 'This is too long.')
    .refine((value) => value.isWellFormed(), 'This is not text.')
    .refine((value) => !control.test(value), 'Line breaks and control characters are not allowed.');

export const number = (least: number, most: number, sort: RegExp) =>
  optional(
    z
      .union([z.number(), z.string().trim().regex(sort).transform(Number)], 'Please give a number.')
      .refine((value) => sort.test(String(value)), `A number from ${least} to ${most}.`)
      .refine((value) => value >= least && value <= most, `A number from ${least} to ${most}.`),
  );

export const pace = number(0.2, 50, /^\d{1,2}(\.\d{1,3})?$/);
export const realname = optional(text(100).transform((value) => value.trim()));

export const nick = text(64).transform((value, context) => {
  const found = nickFrom(value.trim());
  if (found !== undefined && !found.startsWith('*')) return found;
  context.addIssue(value.trim() === '' ? 'Please fill this in.' : 'This cannot be a nick.');
  return z.NEVER;
});

/** A list as it is typed (`between` divides its entries) or as a program gives it. */
function list<T>(between: RegExp, most: number, read: (entry: string) => T | undefined, what: string) {
  const divide = (value: unknown) =>
    typeof value === 'string'
      ? value
          .split(between)
          .map((entry) => entry.trim())
          .filter((entry) => entry !== '')
      : (value ?? []);
  return z.preprocess(
    divide,
    z
      .array(z.string().max(400, 'This is too long.'), 'A list.')
      .max(most, `At most ${most}.`)
      .transform((entries, context) =>
        entries.flatMap((entry) => {
          const found = read(entry.trim());
          if (found !== undefined) return [found];
          context.addIssue(`"${entry.slice(0, 64)}" ${what}.`);
          return [];
        }),
      ),
  );
}

export const channels = list(
  /[\s,]+/,
  100,
  (name) => channelFrom(name, usualChannelTypes),
  'cannot be a channel',
).transform((names) => [...new Set(names)]);

export const masks = list(
  /[\s,]+/,
  500,
  tidyMask,
  'cannot be a mask; a nick, or nick!user@host with * and ?',
).transform((all) => [...new Set(all)]);

export const commands = list(
  /\r?\n|;\s/,
  10,
  (entry) => (readCommand(entry) === undefined ? undefined : entry),
  'cannot be sent: a command and its parameters on one line, and none that signs in or leaves',
);

const isServer = (name: string) => isIP(name) !== 0 || /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/.test(name);

export type Server = { server: string; port?: number; socket?: { secure: boolean; path: string } };

/** A name or an address, or the `wss://` address of a WebSocket. */
export const server = text(500).transform((value, context): Server => {
  const typed = value.trim();
  const web = /^wss?:\/\//i.test(typed) && URL.canParse(typed) ? new URL(typed) : undefined;
  const name = (web?.hostname ?? typed).toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (name.length > 253 || !isServer(name) || (web && (web.username !== '' || web.hash !== ''))) {
    context.addIssue('This is not a server name.');
    return z.NEVER;
  }
  if (!web) return { server: name };
  const secure = web.protocol === 'wss:';
  const port = web.port === '' ? (secure ? 443 : 80) : Number(web.port);
  return { server: name, port, socket: { secure, path: `${web.pathname}${web.search}` } };
});

const pem = (what: string) => z.string(`Please paste the ${what}.`).max(20_000, 'This is too long.');

/** PEM whose line breaks were lost in a one-line text field. */
function body(typed: string): { label: string; der: Buffer } {
  const label = /-----BEGIN ([A-Z ]+)-----/.exec(typed)?.[1] ?? '';
  const lines = typed.replace(/-----(BEGIN|END) [A-Z ]+-----/g, '').replace(/\s+/g, '');
  return { label, der: Buffer.from(lines, 'base64') };
}

const written = (label: string, der: Buffer) => pemOf(label, der.toString('base64'));

/** Answers the DER as base64. */
export const trusted = optional(
  pem('certificate').transform((typed, context) => {
    try {
      return new X509Certificate(body(typed).der).raw.toString('base64');
    } catch {
      context.addIssue('This is not a certificate in PEM form.');
      return z.NEVER;
    }
  }),
);

export const clientCertificate = optional(
  pem('certificate').transform((typed, context) => {
    try {
      return written('CERTIFICATE', new X509Certificate(body(typed).der).raw);
    } catch {
      context.addIssue('This is not a certificate in PEM form.');
      return z.NEVER;
    }
  }),
);

export const clientKey = optional(
  pem('key').transform((typed, context) => {
    const { label, der } = body(typed);
    try {
      const key = createPrivateKey(written(label || 'PRIVATE KEY', der));
      return key.export({ type: 'pkcs8', format: 'pem' }).toString();
    } catch {
      const why = label.startsWith('ENCRYPTED') ? 'A key with a password on it cannot be used.' : '';
      context.addIssue(why || 'This is not a private key in PEM form.');
      return z.NEVER;
    }
  }),
);

/** Whether the key is the one the certificate speaks for. */
export const isPair = (certificate: string, key: string): boolean =>
  new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));

/** @throws AdapterError `rejected` with a note on each field that needs mending */
export function checked<T>(result: z.ZodSafeParseResult<T>, first: string): T {
  if (result.success) return result.data;
  const notes: Record<string, string> = {};
  for (const issue of result.error.issues) notes[String(issue.path[0] ?? first)] ??= issue.message;
  throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
}
