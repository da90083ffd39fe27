import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { roomFeatures, usualFeatures } from './chats.js';
import { XmppConnection } from './connection.js';
import { readJid } from './ids.js';
import { XmppLogin } from './login.js';
import { readSettings } from './settings.js';

/** XMPP, also called Jabber. */
const adapter: Adapter = {
  manifest: {
    id: 'xmpp',
    name: 'XMPP',
    channel: 'im',
    sdk: 1,
    loginFlows: [{ id: 'password', label: 'Address and password' }],
    capabilities: capabilitiesOf(usualFeatures),
    roomCapabilities: capabilitiesOf(roomFeatures),
    addressHint: 'name@server, or room@server to join',
  },
  login(flow, { signal }) {
    if (flow !== 'password') throw new AdapterError('rejected', `XMPP has no sign-in called "${flow}".`);
    return new XmppLogin(signal);
  },
  open(account, host) {
    const settings = readSettings(account.session);
    const own = readJid(settings.jid);
    if (!own) throw new AdapterError('auth', 'The stored address cannot be read; please sign in again.');
    return new XmppConnection(settings, own, host);
  },
};

export default adapter;
