import adapter from '../../src/adapters/matrix/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { labOrSkip } from '../support/lab.js';
import { MatrixLabPeer } from '../support/matrix-lab-peer.js';
import { MatrixPeer } from '../support/matrix-peer.js';

const badAddresses = ['', 'two words', '@', '@no server:', '!room', '#:x'];

conformance({
  name: 'matrix against a scripted server',
  adapter,
  start: () => MatrixPeer.start(),
  badAddresses,
  losesWhileAway: false,
});

const lab = await labOrSkip(['synapse']);
if (lab) {
  conformance({
    name: 'matrix against Synapse',
    adapter,
    start: () => MatrixLabPeer.start(lab.synapse),
    badAddresses,
    losesWhileAway: false,
    real: true,
  });
}
