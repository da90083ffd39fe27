import email from '../../src/adapters/email/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { labOrSkip } from '../support/lab.js';
import { MailLabPeer } from '../support/mail-lab-peer.js';
import { MailPeer } from '../support/mail-peer.js';

const common = {
  adapter: email,
  badAddresses: ['', 'alice', 'a b@x.test', 'a@x.test\r\nRCPT TO:<b@x.test>'],
  losesWhileAway: false,
};

conformance({ ...common, name: 'email against a scripted peer', start: () => MailPeer.start() });

const lab = await labOrSkip(['mail']);

if (lab) {
  conformance({
    ...common,
    name: 'email against Postfix and Dovecot',
    real: true,
    start: () => MailLabPeer.start(lab.mail),
  });
}
