import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { MatrixConnection } from './connection.js';
import { usualFeatures } from './features.js';
import { MatrixLogin } from './login.js';
import { readSettings } from './settings.js';

/** Matrix, with end-to-end encryption. */
const adapter: Adapter = {
  manifest: {
    id: 'matrix',
    name: 'Matrix',
    channel: 'im',
    sdk: 1,
    loginFlows: [
      { id: 'password', label: 'Name and password' },
      { id: 'sso', label: 'Single sign-on', description: 'In the browser, at the page of your server.' },
      { id: 'token', label: 'Access token' },
    ],
    capabilities: capabilitiesOf(usualFeatures),
    addressHint: '@name:server or #room:server',
  },
  login(flow, context) {
    if (flow === 'password' || flow === 'sso' || flow === 'token') return new MatrixLogin(flow, context);
    throw new AdapterError('rejected', `Matrix has no sign-in called "${flow}".`);
  },
  open: (account, host) => new MatrixConnection(readSettings(account.session), host),
};

export default adapter;
