import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type FormField, type LoginContext, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { type Dns, discover, systemDns } from './discover.js';
import { addressField, common, line, nameField, parse, serverFields, typedServers } from './form.js';
import { type MailServer, type Settings, sessionOf } from './settings.js';

const fields: FormField[] = [
  addressField,
  { name: 'password', label: 'Password', kind: 'password', required: true },
  nameField,
  ...serverFields,
];

const input = z.object({ ...common, password: line(1024).min(1, 'Please fill this in.') });

type Form = z.infer<z.ZodObject<typeof common>>;
export type Servers = { imap: MailServer; smtp: MailServer; username?: string };

/**
 * The servers as typed, what is missing found by the address. Throws `rejected` with the fields to type where nothing is
 * found.
 */
export async function findServers(form: Form, context: LoginContext, dns: () => Dns): Promise<Servers> {
  const { imap, smtp } = typedServers(form);
  if (imap && smtp) return { imap, smtp };
  const found = await discover(form.address, context, dns());
  if (found) return { ...found, ...(imap && { imap }), ...(smtp && { smtp }) };
  const note = 'Not found by the address. Please type it; your provider names it in its help.';
  throw new AdapterError('rejected', 'The mail servers of this address were not found. Please type them.', {
    fields: { ...(!imap && { imapHost: note }), ...(!smtp && { smtpHost: note }) },
  });
}

/** What is kept of a sign-in, whichever way it went. */
export function doneWith(form: Form, servers: Servers, proof: Pick<Settings, 'password' | 'oauth'>): LoginStep {
  const username = form.username ?? servers.username ?? form.address;
  const session = sessionOf({
    ...proof,
    address: form.address,
    username,
    name: form.name,
    imap: servers.imap,
    smtp: servers.smtp,
    backfill: form.backfill ?? 20,
    certificate: form.certificate,
    secret: randomBytes(32).toString('base64'),
    sentCopy: 'auto',
    readState: true,
    deliveryReports: false,
    readReports: false,
  });
  return {
    type: 'done',
    session,
    remoteId: `${username}@${servers.imap.host}:${servers.imap.port}`,
    remoteName: form.address,
  };
}

/**
 * Address and password; the servers are found by the address or typed. No mail server is asked: a wrong password shows as
 * the account's state.
 */
export class MailLogin implements LoginProcess {
  #done = false;

  constructor(
    private readonly context: LoginContext,
    private readonly dns: () => Dns = systemDns,
  ) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to a mailbox', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#done) throw new AdapterError('rejected', 'This sign-in is finished.');
    const form = parse(input, values);
    const servers = await findServers(form, this.context, this.dns);
    this.#done = true;
    return doneWith(form, servers, { password: form.password });
  }

  async cancel(): Promise<void> {
    this.#done = true;
  }
}
