import { afterAll } from 'vitest';
import xmpp from '../../src/adapters/xmpp/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { labOrSkip } from '../support/lab.js';
import { partnersLeave, XmppLabPeer } from '../support/xmpp-lab-peer.js';
import { XmppPeer } from '../support/xmpp-peer.js';

const common = {
  adapter: xmpp,
  badAddresses: [
    '',
    'two words',
    'alice',
    '@lab.test',
    'alice@',
    'a b@lab.test',
    'alice@lab.test/home',
    'a@b@c',
    'alice@lab test',
  ],
  losesWhileAway: false,
};

conformance({ ...common, name: 'xmpp against a scripted server', start: () => XmppPeer.start() });

const lab = await labOrSkip(['prosody', 'ejabberd'], ['people']);

if (lab) {
  const { prosody, ejabberd } = lab;
  afterAll(partnersLeave);
  conformance({
    ...common,
    name: 'xmpp against Prosody',
    real: true,
    room: `lounge@${prosody.rooms}`,
    start: () => XmppLabPeer.start(prosody),
  });
  conformance({
    ...common,
    name: 'xmpp against ejabberd',
    real: true,
    room: `lounge@${ejabberd.rooms}`,
    start: () => XmppLabPeer.start(ejabberd, 'on'),
  });
}
