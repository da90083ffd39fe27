import { z } from 'zod';
import { AdapterError, type FormField, type LoginContext, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { oneLine } from './addresses.js';
import { type Dns, systemDns } from './discover.js';
import { addressField, common, line, nameField, optional, parse, serverFields } from './form.js';
import { doneWith, findServers, type Servers } from './login.js';
import { askToken, type Provider, proofKey, providers } from './oauth.js';

const own = 'other';

const fields: FormField[] = [
  addressField,
  {
    name: 'provider',
    label: 'Provider',
    kind: 'choice',
    required: false,
    default: own,
    choices: [...providers.map(({ id, label }) => ({ value: id, label })), { value: own, label: 'Another one' }],
  },
  {
    name: 'clientId',
    label: 'Client id',
    kind: 'text',
    required: true,
    help: 'Register Parley with the provider as a program of your own; it gives you this.',
  },
  {
    name: 'clientSecret',
    label: 'Client secret',
    kind: 'password',
    required: false,
    help: 'If the provider gave one.',
  },
  nameField,
  {
    name: 'authorizeUrl',
    label: 'Address of the sign-in page',
    kind: 'url',
    required: false,
    help: 'For another provider.',
  },
  { name: 'tokenUrl', label: 'Address for tokens', kind: 'url', required: false, help: 'For another provider.' },
  {
    name: 'scope',
    label: 'Scope',
    kind: 'text',
    required: false,
    advanced: true,
    help: 'What to ask the provider for.',
  },
  ...serverFields,
];

/** Codes and tokens go over TLS, or stay on this machine. */
const endpoint = line(2000).refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const here = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && here)) && username === '' && password === '';
}, 'This must be an address that begins with https://.');

const input = z.object({
  ...common,
  provider: optional(z.enum([own, ...providers.map(({ id }) => id)], 'Choose one of the list.')),
  clientId: line(1000)
    .transform((value) => value.trim())
    .refine((value) => value !== '', 'Please fill this in.'),
  clientSecret: optional(line(2000)),
  authorizeUrl: optional(endpoint),
  tokenUrl: optional(endpoint),
  scope: optional(line(2000)),
});
type Form = z.infer<typeof input>;

const answer = z.object({
  code: z.string().min(1).max(4000).optional(),
  error: z.string().max(300).optional(),
  error_description: z.string().max(2000).optional(),
});

type Asked = {
  form: Form;
  servers: Servers;
  client: { tokenUrl: string; clientId: string; clientSecret?: string; scope?: string };
  verifier: string;
  page: string;
};

/** A form, the provider's own page (RFC 6749 4.1 with PKCE, RFC 7636), and the code that the browser brings back. */
export class OAuthLogin implements LoginProcess {
  #done = false;
  #asked: Asked | undefined;

  constructor(
    private readonly context: LoginContext,
    private readonly dns: () => Dns = systemDns,
  ) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Sign in to a mailbox at its provider', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#done) throw new AdapterError('rejected', 'This sign-in is finished.');
    return this.#asked ? this.#redeem(this.#asked, values) : this.#ask(values);
  }

  async #ask(values: Record<string, unknown>): Promise<LoginStep> {
    const form = parse(input, values);
    const provider = providers.find(({ id }) => id === form.provider);
    const authorizeUrl = form.authorizeUrl ?? provider?.authorizeUrl;
    const tokenUrl = form.tokenUrl ?? provider?.tokenUrl;
    if (authorizeUrl === undefined || tokenUrl === undefined) {
      const note = 'Please choose a provider, or type this address.';
      throw new AdapterError('rejected', 'Please check the marked fields.', {
        fields: { ...(!authorizeUrl && { authorizeUrl: note }), ...(!tokenUrl && { tokenUrl: note }) },
      });
    }
    const servers = await findServers(withProvider(form, provider), this.context, this.dns);
    const { verifier, challenge } = proofKey();
    const scope = form.scope ?? provider?.scope;
    const page = new URL(authorizeUrl);
    const query = {
      response_type: 'code',
      client_id: form.clientId,
      redirect_uri: this.context.callbackUrl,
      state: this.context.callbackState,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: form.address,
      ...(scope !== undefined && { scope }),
      ...provider?.extra,
    };
    for (const [name, value] of Object.entries(query)) page.searchParams.set(name, value);
    const { clientId, clientSecret } = form;
    const client = { tokenUrl, clientId, ...(clientSecret && { clientSecret }), ...(scope !== undefined && { scope }) };
    this.#asked = { form, servers, client, verifier, page: page.href };
    return { type: 'redirect', url: page.href };
  }

  /** The code is worth one exchange; after a refusal the person goes to the provider's page again. */
  async #redeem({ form, servers, client, verifier, page }: Asked, values: Record<string, unknown>): Promise<LoginStep> {
    const said = answer.safeParse(values);
    if (said.data?.error !== undefined) {
      const why = oneLine(said.data.error_description ?? said.data.error, 300);
      throw new AdapterError('rejected', `The provider refused the sign-in: ${why}`);
    }
    const code = said.data?.code;
    if (code === undefined) throw new AdapterError('rejected', `Please sign in at the provider: ${new URL(page).host}`);
    const oauth = await askToken(this.context, client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.context.callbackUrl,
      code_verifier: verifier,
    }).catch((error: unknown) => {
      if (!(error instanceof AdapterError) || error.kind !== 'auth') throw error;
      throw new AdapterError('rejected', error.message, { cause: error });
    });
    this.#done = true;
    return doneWith(form, servers, { oauth });
  }

  async cancel(): Promise<void> {
    this.#done = true;
  }
}

/** A provider's own servers, unless others were typed. */
function withProvider(form: Form, provider: Provider | undefined): Form {
  if (!provider) return form;
  const { imap, smtp } = provider;
  return {
    ...form,
    ...(form.imapHost === undefined && { imapHost: imap.host, imapPort: imap.port, imapTls: imap.tls }),
    ...(form.smtpHost === undefined && { smtpHost: smtp.host, smtpPort: smtp.port, smtpTls: smtp.tls }),
  };
}
