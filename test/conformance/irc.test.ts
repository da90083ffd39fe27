import irc from '../../src/adapters/irc/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { IrcPeer } from '../support/irc-peer.js';

const common = {
  adapter: irc,
  badAddresses: ['', 'two words', '#', '#a b', '#a,b', ':alice', 'alice,bob', '@alice', '$*', 'alice\r\nQUIT'],
  losesWhileAway: true,
};

conformance({ ...common, name: 'irc against a scripted server', start: () => IrcPeer.start() });
