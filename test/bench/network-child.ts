import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from '../../src/sdk/testing/peer.ts';
import { answer } from './children.ts';
import { type LoadRun, nowNs } from './load-irc.ts';
import { peers } from './network-peers.ts';

/** One network's scripted peer by itself, writing and hearing stamped messages. */
let peer: Peer | undefined;
let runs = 0;
const heardMs = 30_000;
const textBytes = 100;

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
  /** Writes evenly; what falls due while the process is held up goes out late, not never. */
  rate: async (perSecond: number, seconds: number): Promise<LoadRun> => {
    const result: LoadRun = { run: ++runs, sent: 0, deliveries: 0, startedNs: nowNs(), endedNs: 0n };
    const count = Math.round(perSecond * seconds);
    const begin = performance.now();
    const writes: Promise<void>[] = [];
    while (result.sent < count) {
      const early = begin + (result.sent * 1_000) / perSecond - performance.now();
      if (early > 0) await sleep(early);
      else
        writes.push(
          started().say(`load:${result.run}:${result.sent++}:${nowNs()}: `.padEnd(textBytes, 'lorem ipsum ').trim()),
        );
    }
    await Promise.all(writes);
    result.deliveries = result.sent;
    result.endedNs = nowNs();
    return result;
  },
  /** When the partner had the message with this text in it. */
  heard: async (text: string): Promise<bigint> => {
    await started().heard(text, heardMs);
    return nowNs();
  },
});
