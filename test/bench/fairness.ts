import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.ts';
import { nowNs } from './load-irc.ts';
import { part } from './part.ts';
import type { BenchServer, Person } from './server.ts';
import { type Spread, spread } from './statistics.ts';
import { both, whole } from './words.ts';

const perSecond = 5;
const seconds = 15;
const chats = 20;
/** Calls of the flood that are always open; each user may make 6,000 a minute. */
const atOnce = 8;
const onWireMs = 20_000;

type FairnessFigures = {
  quiet: Spread;
  during: Spread;
  /** What the flood was answered meanwhile. */
  flood: number;
};

/** A user writes now and then while another sends as fast as calls are answered: from the call to the line, by accounts of their own. */
export const fairness = part<FairnessFigures>({
  name: 'fairness',
  shares: true,
  measure: async ({ tell, shared }) => {
    const { server, person } = await shared();
    tell('one user’s flood, another’s messages');
    return measureFairness(server, person);
  },
  lines: ({ quiet, during, flood }) => [
    { what: `call to send → line, ${perSecond} msg/s, nobody else sends: p50, p99`, parley: both(quiet) },
    {
      what: `the same while another user sends ${whole(flood / seconds)} a second: p50, p99`,
      parley: both(during),
    },
  ],
});

async function measureFairness(server: BenchServer, admin: Person): Promise<FairnessFigures> {
  const load = await Load.start(chats);
  try {
    const other = await server.addPerson(admin, 900);
    const mine = await conversations(server, other, load, 'calm');
    const theirs = await conversations(server, admin, load, 'flooder');
    await write(server, other, mine, load, 5);
    const quiet = await write(server, other, mine, load, seconds);
    const stop = new AbortController();
    const flooding = flood(server, admin, theirs, stop.signal);
    const during = await write(server, other, mine, load, seconds);
    stop.abort();
    return { quiet: spread(quiet), during: spread(during), flood: await flooding };
  } finally {
    await load.stop();
  }
}

async function conversations(server: BenchServer, person: Person, load: Load, nick: string): Promise<string[]> {
  const account = await server.signIn(person, { server: load.host, port: load.port, nick });
  await server.untilOnline(person, account);
  const found: string[] = [];
  for (let at = 0; at < chats; at += 1) {
    found.push(await server.openChat(person, { accountId: account, address: `load${at}` }));
  }
  return found;
}

const post = (server: BenchServer, person: Person, to: readonly string[], at: number, text: string) =>
  server.call(person, 'POST', `/conversations/${to[at % to.length]}/messages`, { text });

/** Answers how long each took to the wire, in ms. */
async function write(server: BenchServer, person: Person, to: readonly string[], load: Load, duration: number) {
  const count = perSecond * duration;
  const begun: bigint[] = [];
  const calls: Promise<unknown>[] = [];
  load.said.length = 0;
  const start = performance.now();
  for (let at = 0; at < count; at += 1) {
    await sleep(Math.max(0, start + (at * 1_000) / perSecond - performance.now()));
    begun.push(nowNs());
    calls.push(post(server, person, to, at, `calm:${at}: how are you today?`));
  }
  await Promise.all(calls);
  const took = () =>
    load.said.flatMap(({ text, atNs }) => {
      const at = /^calm:(\d+):/.exec(text)?.[1];
      return at === undefined ? [] : [Number(atNs - (begun[Number(at)] ?? 0n)) / 1e6];
    });
  const end = performance.now() + onWireMs;
  while (took().length < count && performance.now() < end) await sleep(20);
  if (took().length !== count) throw new Error(`${took().length} of ${count} messages came to the network`);
  return took();
}

/** As fast as calls are answered; answers how many were. */
async function flood(server: BenchServer, person: Person, to: readonly string[], signal: AbortSignal): Promise<number> {
  let sent = 0;
  const worker = async () => {
    while (!signal.aborted) {
      await post(server, person, to, sent, `flood:${sent}`);
      sent += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sent;
}
