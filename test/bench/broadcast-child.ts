import { bodyOf, MailPeer } from '../support/mail-peer.ts';
import { GatewayPeer } from '../support/sms-gateway-peer.ts';
import { XmppPeer } from '../support/xmpp-peer.ts';
import { answer } from './children.ts';

/** One network's scripted server that counts whom a broadcast has reached. */
type Side = { login: unknown; texts(): string[] };

const sides: Record<string, () => Promise<Side>> = {
  sms: async () => GatewayPeer.start(),
  xmpp: async () => XmppPeer.start(),
  email: async () => {
    const peer = await MailPeer.start();
    return { login: peer.login, texts: () => peer.submitted.map(({ raw }) => bodyOf(raw)) };
  },
};
let side: Side | undefined;

answer({
  start: async (network: string) => {
    side = await sides[network]?.();
    return side?.login;
  },
  /** The marks of what has come to this network, each as often as it came. */
  marks: () => (side?.texts() ?? []).flatMap((text) => /mark:(\w+):/.exec(text)?.[1] ?? []),
});
