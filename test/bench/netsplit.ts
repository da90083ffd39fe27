import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { everybodyOf, signInMany } from './irc-accounts.ts';
import { Load } from './load.ts';
import { part } from './part.ts';
import { BenchServer, type Person } from './server.ts';
import { type Spread, spread } from './statistics.ts';
import { ms, whole } from './words.ts';

const people = 5;
const count = 500;
const restMs = 10_000;
const backMs = 120_000;
const goal = { seconds: 30, lagMs: 50 };

type NetsplitFigures = {
  accounts: number;
  /** From the cut until the last one was in its channel again, and until the API showed all as online. */
  backMs: number;
  shownMs: number;
  /** How late the server's event loop was meanwhile. */
  loop: Spread;
  /** CPU time of the server's process meanwhile. */
  cpuMs: number;
};

/** All connections of 500 IRC accounts are cut at once, and their server is there again at once. */
export const netsplit = part<NetsplitFigures>({
  name: 'netsplit',
  measure: ({ tell }) => measureNetsplit(tell),
  lines: ({ accounts, shownMs, loop, cpuMs }) => [
    {
      what: `${whole(accounts)} IRC accounts after a netsplit: all online again`,
      parley: ms(shownMs),
      goal: `≤ ${goal.seconds} s`,
      met: shownMs <= goal.seconds * 1_000,
    },
    {
      what: 'event loop late meanwhile: p99, at most',
      parley: `${ms(loop.p99)}, ${ms(loop.most)}`,
      goal: `p99 ≤ ${goal.lagMs} ms`,
      met: loop.p99 <= goal.lagMs,
    },
    { what: 'CPU time of the server meanwhile', parley: ms(cpuMs) },
  ],
});

async function measureNetsplit(tell: (text: string) => void): Promise<NetsplitFigures> {
  tell(`signing ${count} accounts in`);
  const load = await Load.start();
  const server = new BenchServer({}, ['--import', path.resolve('test/bench/loop-delay.mjs')]);
  try {
    await server.up();
    const everybody = await everybodyOf(server, people);
    await signInMany(server, load, everybody, 0, count);
    await untilOnline(server, everybody);
    await sleep(restMs);
    tell('netsplit');
    await loopDelay(server);
    const [begun, cpu] = [performance.now(), server.cpuMs()];
    await load.cut();
    await load.untilMembers('#bench', count, backMs);
    const joined = performance.now() - begun;
    await untilOnline(server, everybody);
    const shown = performance.now() - begun;
    return {
      accounts: count,
      backMs: joined,
      shownMs: shown,
      cpuMs: server.cpuMs() - cpu,
      loop: await loopDelay(server),
    };
  } finally {
    await server.remove();
    await load.stop();
  }
}

async function untilOnline(server: BenchServer, everybody: readonly Person[]): Promise<void> {
  const end = performance.now() + backMs;
  for (;;) {
    let online = 0;
    for (const person of everybody) {
      const { items } = (await server.call(person, 'GET', '/accounts?limit=200')) as {
        items: { state: { is: string } }[];
      };
      online += items.filter(({ state }) => state.is === 'online').length;
    }
    if (online >= count) return;
    if (performance.now() > end) throw new Error(`${online} of ${count} accounts are online`);
    await sleep(250);
  }
}

/** Of the server since this was last asked. */
async function loopDelay(server: BenchServer): Promise<Spread> {
  const known = server.said.length;
  process.kill(server.pid, 'SIGUSR2');
  for (let waited = 0; waited < 5_000; waited += 20) {
    const [, found] = /loop delay (\{.*?\})/.exec(server.said.slice(known)) ?? [];
    if (found) return { ...spread([]), ...JSON.parse(found) };
    await sleep(20);
  }
  throw new Error('the server does not tell how late its event loop is');
}
