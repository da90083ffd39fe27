import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { MailConnection, usualFeatures } from './connection.js';
import { MailLogin } from './login.js';
import { readSettings } from './settings.js';

/** Mail: IMAP in, SMTP out. A mail thread is a chat. */
const adapter: Adapter = {
  manifest: {
    id: 'email',
    name: 'Email',
    channel: 'email',
    sdk: 1,
    loginFlows: [{ id: 'password', label: 'Mail address and password' }],
    capabilities: capabilitiesOf(usualFeatures),
    addressHint: 'name@example.org',
  },
  login(flow) {
    if (flow !== 'password') throw new AdapterError('rejected', `Email has no sign-in called "${flow}".`);
    return new MailLogin();
  },
  open: (account, host) => new MailConnection(readSettings(account.session), host),
};

export default adapter;
