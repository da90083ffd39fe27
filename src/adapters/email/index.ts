import { type Adapter, AdapterError, capabilitiesOf, type LoginContext, type LoginProcess } from '../../sdk/index.js';
import { MailConnection } from './connection.js';
import { usualFeatures } from './features.js';
import { MailLogin } from './login.js';
import { OAuthLogin } from './login-oauth.js';
import { readSettings } from './settings.js';

const flows: Record<string, (context: LoginContext) => LoginProcess> = {
  password: (context) => new MailLogin(context),
  oauth: (context) => new OAuthLogin(context),
};

/** Mail: IMAP in, SMTP out. A mail thread is a chat. */
const adapter: Adapter = {
  manifest: {
    id: 'email',
    name: 'Email',
    channel: 'email',
    sdk: 1,
    loginFlows: [
      { id: 'password', label: 'Mail address and password' },
      {
        id: 'oauth',
        label: 'At the provider (OAuth)',
        description: 'For providers that take no passwords. You need a client id that the provider gives you.',
      },
    ],
    capabilities: capabilitiesOf(usualFeatures),
    addressHint: 'name@example.org',
  },
  login(flow, context) {
    const begin = Object.hasOwn(flows, flow) ? flows[flow] : undefined;
    if (!begin) throw new AdapterError('rejected', `Email has no sign-in called "${flow}".`);
    return begin(context);
  },
  open: (account, host) => new MailConnection(readSettings(account.session), host),
};

export default adapter;
