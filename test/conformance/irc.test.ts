import irc from '../../src/adapters/irc/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { IrcLabPeer } from '../support/irc-lab-peer.js';
import { IrcPeer } from '../support/irc-peer.js';
import { labOrSkip } from '../support/lab.js';

const common = {
  adapter: irc,
  badAddresses: ['', 'two words', '#', '#a b', '#a,b', ':alice', 'alice,bob', '@alice', '$*', 'alice\r\nQUIT'],
  losesWhileAway: true,
};

conformance({ ...common, name: 'irc against a scripted server', start: () => IrcPeer.start() });

const lab = await labOrSkip(['inspircd', 'ngircd']);

if (lab) {
  const { inspircd, ngircd } = lab;
  conformance({ ...common, name: 'irc against InspIRCd', real: true, start: () => IrcLabPeer.onInspircd(inspircd) });
  conformance({ ...common, name: 'irc against ngIRCd', real: true, start: () => IrcLabPeer.onNgircd(ngircd) });
}
