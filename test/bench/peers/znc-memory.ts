import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../../lab/site.ts';
import { Load } from '../load.ts';
import { plan } from '../memory.ts';
import { Znc } from './znc.ts';

/** It connects one network a second, whatever it is told: fewer than Parley's accounts, of which each costs the same. */
const networks = { first: 10, more: 40 };
const restMs = 5_000;
const channel = '#bench';

/** In KiB: of one more connected network, of so many, and of a ZNC without any. */
export type ZncMemory = { networks: number; pssKiB: number; rssKiB: number; emptyPssKiB: number };

/** As for Parley: started with few networks of five users, and with more, each in a channel and left alone. */
export async function zncMemory(site: Site, tell: (text: string) => void): Promise<ZncMemory> {
  const { first, more } = networks;
  const load = await Load.start();
  const memoryOf = async (count: number) => {
    tell(`memory of ZNC with ${count} networks`);
    const znc = await Znc.start(site, { server: load, users: plan.people, networks: count, nick: 'nick', channel });
    try {
      await load.untilMembers(channel, count, 120_000);
      await sleep(restMs);
      return znc.memory();
    } finally {
      await znc.stop();
    }
  };
  try {
    const [empty, few, many] = [await memoryOf(0), await memoryOf(first), await memoryOf(first + more)];
    const each = (key: 'pssKiB' | 'rssKiB') => (many[key] - few[key]) / more;
    return { networks: more, pssKiB: each('pssKiB'), rssKiB: each('rssKiB'), emptyPssKiB: empty.pssKiB };
  } finally {
    await load.stop();
  }
}
