import { createEcho } from '../../src/adapters/echo/index.js';
import { Network } from '../../src/adapters/echo/network.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { EchoPeer } from '../support/echo-peer.js';

const network = new Network();

conformance({
  name: 'echo inside this process',
  adapter: createEcho(network),
  start: async () => new EchoPeer(network),
  badAddresses: ['', ' ', 'a\nb', 'a\0b', 'x'.repeat(65)],
  losesWhileAway: false,
  room: 'parlour',
  differs: { history: true },
});
