import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from './figures.ts';
import { Load } from './load.ts';
import { BenchServer, type Person } from './server.ts';

const people = 5;
const first = 20;
const more = 500;
const atOnce = 8;
const settleMs = 20_000;

type Memory = ReturnType<BenchServer['memory']>;

/**
 * What one more connected IRC account takes: the server's memory after a start with 20 accounts against that after a
 * start with 520, each online, in a channel and left alone for a while. Both are starts, as the work of signing 500
 * accounts in leaves a larger heap behind that no account needs.
 */
export async function measureMemory(tell: (text: string) => void): Promise<Figures['memory']> {
  const load = await Load.start();
  const server = new BenchServer();
  try {
    await server.up();
    const admin = await server.setUp();
    const everybody: Person[] = [admin];
    for (let at = 1; at < people; at += 1) everybody.push(await server.addPerson(admin, at));
    const empty = await settled(server, load, 0);
    await signIn(server, load, everybody, 0, first);
    const few = await settled(server, load, first);
    tell(`signing ${more} accounts in`);
    await signIn(server, load, everybody, first, more);
    const many = await settled(server, load, first + more);
    return {
      accounts: more,
      rssKiB: (many.rssKiB - few.rssKiB) / more,
      pssKiB: (many.pssKiB - few.pssKiB) / more,
      emptyPssKiB: empty.pssKiB,
    };
  } finally {
    await server.remove();
    await load.stop();
  }
}

async function settled(server: BenchServer, load: Load, accounts: number): Promise<Memory> {
  await server.down();
  await server.up();
  await load.untilMembers('#bench', accounts, 120_000);
  await sleep(settleMs);
  return server.memory();
}

async function signIn(server: BenchServer, load: Load, everybody: Person[], from: number, count: number) {
  const fields = { server: load.host, port: load.port, channels: '#bench' };
  const queue = Array.from({ length: count }, (_, at) => from + at);
  const worker = async () => {
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const person = everybody[at % everybody.length];
      if (person) await server.signIn(person, { ...fields, nick: `nick${at}` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await load.untilMembers('#bench', from + count, 120_000);
}
