import { type Adapter, AdapterError, capabilitiesOf } from '../../sdk/index.js';
import { EchoConnection, roomFeatures, usualFeatures } from './connection.js';
import { EchoLogin } from './login.js';
import { Network } from './network.js';

/** A network inside Parley whose buddies repeat what they are told, and whose messages order failures. */
export function createEcho(network: Network): Adapter {
  return {
    manifest: {
      id: 'echo',
      name: 'Echo (practice)',
      channel: 'im',
      sdk: 1,
      loginFlows: [
        {
          id: 'name',
          label: 'A name',
          description: 'For trying Parley without a server: its buddies repeat what you write.',
        },
      ],
      capabilities: capabilitiesOf(usualFeatures),
      roomCapabilities: capabilitiesOf(roomFeatures),
      remark:
        'A practice network inside Parley: no message leaves this server, and no person reads it. Write "help" there.',
      addressHint: 'any name, such as echo',
    },
    login(flow, { signal }) {
      if (flow !== 'name') throw new AdapterError('rejected', `The practice network has no sign-in called "${flow}".`);
      return new EchoLogin(signal);
    },
    open: (account, host) => new EchoConnection(account, host, network),
  };
}

export default createEcho(new Network());
