import sms from '../../src/adapters/sms/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { labOrSkip } from '../support/lab.js';
import { GatewayPeer } from '../support/sms-gateway-peer.js';
import { SmsLabPeer } from '../support/sms-lab-peer.js';
import { SmscPeer } from '../support/sms-peer.js';

const common = {
  adapter: sms,
  badAddresses: ['', 'alice', '+1', '07700900123', '+447700900123\r\n', '+44770090012345678'],
};

/** A centre keeps what it could not hand over, but the scripted one does not; a gateway gives up after its own retries. */
conformance({
  ...common,
  name: 'sms over SMPP against a scripted centre',
  losesWhileAway: true,
  start: () => SmscPeer.start(),
});
conformance({
  ...common,
  name: 'sms over HTTP against a scripted gateway',
  losesWhileAway: true,
  start: () => GatewayPeer.start(),
});

const lab = await labOrSkip(['smsc']);

if (lab) {
  for (const via of ['smpp', 'http'] as const) {
    const name = via === 'smpp' ? 'sms against the lab SMS centre' : 'sms against Kannel';
    conformance({
      ...common,
      name,
      losesWhileAway: via === 'http',
      real: true,
      // Kannel calls back over several connections at once.
      shuffles: via === 'http',
      start: () => SmsLabPeer.start(lab.smsc, via),
    });
  }
}
