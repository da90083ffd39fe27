import { setTimeout as sleep } from 'node:timers/promises';
import { idleFloorKiB } from './floor.ts';
import { everybodyOf, signInMany } from './irc-accounts.ts';
import { Load } from './load.ts';
import { part } from './part.ts';
import type { ProcessMemory } from './process-use.ts';
import { BenchServer } from './server.ts';
import { kib, mib, times, whole } from './words.ts';

/** How many people share how many accounts at first, and how many more there are then. */
export const plan = { people: 5, first: 20, more: 500 };
const { people, first, more } = plan;
const settleMs = 20_000;

export type MemoryFigures = {
  accounts: number;
  rssKiB: number;
  pssKiB: number;
  /** The whole server's without accounts. */
  emptyPssKiB: number;
  /** The same number of connections in a bare Node process; missing from figures of before it was measured. */
  floorPssKiB?: number;
};

export const memory = part<MemoryFigures>({
  name: 'memory',
  measure: ({ tell }) => measureMemory(tell),
  lines: ({ accounts, pssKiB, rssKiB, emptyPssKiB, floorPssKiB: floor }) => [
    {
      what: `memory of one more connected IRC account (of ${whole(accounts)}), proportional share`,
      parley: kib(pssKiB),
      ...(floor !== undefined && { against: { 'bare relay': `${kib(floor)} (${times(pssKiB / floor)})` } }),
      goal: '≤ 120 KiB',
      met: pssKiB <= 120,
    },
    { what: 'the same, resident', parley: kib(rssKiB) },
    { what: 'memory of a server without accounts', parley: mib(emptyPssKiB) },
  ],
  ratios: ({ pssKiB, floorPssKiB = Number.NaN }) => [
    { what: 'memory of an IRC account, to a bare connection', value: pssKiB / floorPssKiB },
  ],
});

/**
 * What one more connected IRC account takes: the server's memory after a start with 20 accounts against that after a
 * start with 520, each online, in a channel and left alone for a while. Both are starts, as the work of signing 500
 * accounts in leaves a larger heap behind that no account needs.
 */
export async function measureMemory(tell: (text: string) => void): Promise<MemoryFigures> {
  tell('memory of connected accounts');
  const load = await Load.start();
  const server = new BenchServer();
  try {
    const floorPssKiB = await idleFloorKiB(load, first, more);
    await server.up();
    const everybody = await everybodyOf(server, people);
    const empty = await settled(server, load, 0);
    await signInMany(server, load, everybody, 0, first);
    const few = await settled(server, load, first);
    tell(`signing ${more} accounts in`);
    await signInMany(server, load, everybody, first, more);
    const many = await settled(server, load, first + more);
    return {
      accounts: more,
      rssKiB: (many.rssKiB - few.rssKiB) / more,
      pssKiB: (many.pssKiB - few.pssKiB) / more,
      emptyPssKiB: empty.pssKiB,
      floorPssKiB,
    };
  } finally {
    await server.remove();
    await load.stop();
  }
}

async function settled(server: BenchServer, load: Load, accounts: number): Promise<ProcessMemory> {
  await server.down();
  await server.up();
  await load.untilMembers('#bench', accounts, 120_000);
  await sleep(settleMs);
  return server.memory();
}
