import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { IrcConnection } from './connection.js';
import { usualFeatures } from './features.js';
import { IrcLogin } from './login.js';
import { readSettings } from './settings.js';

/** Internet Relay Chat. */
const adapter: Adapter = {
  manifest: {
    id: 'irc',
    name: 'IRC',
    channel: 'im',
    sdk: 1,
    loginFlows: [{ id: 'server', label: 'Server and nick' }],
    capabilities: capabilitiesOf(usualFeatures),
    addressHint: 'nick or #channel',
  },
  login(flow, { signal }) {
    if (flow !== 'server') throw new AdapterError('rejected', `IRC has no sign-in called "${flow}".`);
    return new IrcLogin(signal);
  },
  open: (account, host) => new IrcConnection(readSettings(account.session), host),
};

export default adapter;
