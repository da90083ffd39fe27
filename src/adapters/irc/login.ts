import { z } from 'zod';
import { AdapterError, type FormField, hostPort, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import * as form from './form.js';
import { type Settings, tlsModes } from './settings.js';

const fields: FormField[] = [
  {
    name: 'server',
    label: 'Server',
    kind: 'text',
    required: true,
    placeholder: 'irc.example.org',
    help: 'A name, or the address of a WebSocket: wss://irc.example.org/path.',
  },
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
    help: 'Of your account there, for SASL. To servers without SASL it is given as the server password (PASS).',
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
    name: 'serverPassword',
    label: 'Server password',
    kind: 'password',
    required: false,
    advanced: true,
    help: 'For PASS, where it is not the password of your account.',
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
    name: 'clientCertificate',
    label: 'Your certificate (PEM)',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'To sign in by it (SASL EXTERNAL) in place of a password.',
  },
  {
    name: 'clientKey',
    label: 'Key of your certificate (PEM)',
    kind: 'password',
    required: false,
    advanced: true,
    help: 'Without a password of its own.',
  },
  {
    name: 'pace',
    label: 'Lines a second',
    kind: 'number',
    required: false,
    advanced: true,
    help: 'How fast long texts go out, 0.2 to 50. Empty: what this kind of server is known to allow, else 2.',
  },
];

/** Ports that go without saying in an account's name. */
const usualPorts: ReadonlySet<number> = new Set([6667, 6697, 443]);

const tls = z.preprocess((value) => {
  const typed = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (typed === true || typed === 'true') return 'on';
  if (typed === false || typed === 'false') return 'off';
  return typed === '' || typed === null ? undefined : typed;
}, z
  .enum(tlsModes, 'Choose on or off. STARTTLS is not offered: on IRC it can be stripped without notice.')
  .default('on'));

const input = z
  .object({
    server: form.server,
    port: form.number(1, 65_535, /^\d{1,5}$/),
    tls,
    nick: form.nick,
    password: form.optional(form.text(300)),
    serverPassword: form.optional(
      form.text(300).refine((value) => !value.startsWith(':'), 'It cannot begin with ":".'),
    ),
    realname: form.realname,
    channels: form.channels,
    account: form.optional(
      form
        .text(100)
        .transform((value) => value.trim())
        .refine((value) => !value.includes(' '), 'An account name has no spaces.'),
    ),
    certificate: form.trusted,
    clientCertificate: form.clientCertificate,
    clientKey: form.clientKey,
    pace: form.pace,
  })
  .superRefine(({ server, tls: mode, clientCertificate, clientKey }, context) => {
    const note = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (server.socket?.secure && mode === 'off') note('tls', 'A wss:// address is with TLS; without it is ws://.');
    if (server.socket && !server.socket.secure && mode === 'on') {
      note('tls', 'A ws:// address is without encryption: choose that here, or write wss://.');
    }
    if (clientCertificate && !clientKey) note('clientKey', 'The key of your certificate is needed too.');
    if (clientKey && !clientCertificate) note('clientCertificate', 'The certificate of this key is needed too.');
    if (clientCertificate && clientKey && !form.isPair(clientCertificate, clientKey)) {
      note('clientKey', 'This is not the key of your certificate.');
    }
    if (clientCertificate && mode === 'off') note('clientCertificate', 'A certificate can be shown only with TLS.');
  });

/** The one form of the IRC network. No server is asked: a wrong password shows as the account's state. */
export class IrcLogin implements LoginProcess {
  #over = false;

  constructor(private readonly signal: AbortSignal) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to an IRC server', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.signal.aborted) throw new AdapterError('rejected', 'This sign-in is finished.');
    const { server, port, ...rest } = form.checked(input.safeParse(values), 'server');
    this.#over = true;
    const { server: host, socket } = server;
    const session: Settings = {
      ...rest,
      server: host,
      port: port ?? server.port ?? (rest.tls === 'on' ? 6697 : 6667),
      transport: socket ? 'websocket' : 'tcp',
      path: socket?.path ?? '/',
      sasl: false,
      watch: [],
      partial: [],
      ignore: [],
      commands: [],
      ctcp: true,
      recover: 'none',
      fresh: true,
    };
    const at = hostPort(host, session.port);
    return {
      type: 'done',
      session: JSON.parse(JSON.stringify(session)),
      remoteId: `${session.nick.toLowerCase()}@${at}${socket ? session.path : ''}`.slice(0, 500),
      remoteName: `${session.nick} on ${usualPorts.has(session.port) ? host : at}`,
    };
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
