import type { Peer } from '../../src/sdk/testing/peer.ts';
import { answer } from './children.ts';
import { type LoadRun, nowNs } from './load-irc.ts';
import { peers } from './network-peers.ts';
import { writeStamped } from './pacing.ts';

/** One network's scripted peer by itself, writing and hearing stamped messages. */
let peer: Peer | undefined;
const heardMs = 30_000;

const started = (): Peer => {
  if (!peer) throw new Error('not started');
  return peer;
};

answer({
  start: async (network: string) => {
    const make = peers[network];
    if (!make) throw new Error(`there is no peer for ${network}`);
    peer = await make();
    return { login: peer.login, partner: peer.partner };
  },
  rate: (perSecond: number, seconds: number): Promise<LoadRun> =>
    writeStamped(Math.round(perSecond * seconds), perSecond, (text) => started().say(text)),
  /** When the partner had the message with this text in it. */
  heard: async (text: string): Promise<bigint> => {
    await started().heard(text, heardMs);
    return nowNs();
  },
});
