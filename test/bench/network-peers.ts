import type { Peer } from '../../src/sdk/testing/peer.ts';
import { MailPeer } from '../support/mail-peer.ts';
import { MatrixPeer } from '../support/matrix-peer.ts';
import { SmscPeer } from '../support/sms-peer.ts';
import { TelegramPeer } from '../support/telegram-peer.ts';
import { XmppPeer } from '../support/xmpp-peer.ts';

/**
 * The other side of each network, IRC apart, which has a load generator of its own: the scripted server of its
 * conformance tests on a loopback socket. Real servers limit who writes fast, and would be measured with it.
 */
export const peers: Record<string, () => Promise<Peer>> = {
  matrix: () => MatrixPeer.start(),
  xmpp: () => XmppPeer.start(),
  telegram: () => TelegramPeer.start(),
  email: () => MailPeer.start(),
  sms: () => SmscPeer.start(),
};
