import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { IrcConnection } from './connection.js';
import { usualFeatures } from './features.js';
import { IrcLogin } from './login.js';
import { readSettings } from './settings.js';
import { pieces } from './split.js';

/** Bytes of text in a line where nick and host are of usual length; `writing.ts` has the exact room of a chat. */
const usualRoom = 400;

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
  parts: (text) => pieces(text, usualRoom).length,
  login(flow, { signal }) {
    if (flow !== 'server') throw new AdapterError('rejected', `IRC has no sign-in called "${flow}".`);
    return new IrcLogin(signal);
  },
  open: (account, host) => new IrcConnection(readSettings(account.session), host),
};

export default adapter;
