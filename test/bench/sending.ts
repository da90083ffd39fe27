import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './children.ts';
import { Load } from './load.ts';
import { nowNs } from './load-irc.ts';
import { part } from './part.ts';
import type { BenchServer, Person } from './server.ts';
import { type Spread, spread } from './statistics.ts';
import { against, both } from './words.ts';

const perSecond = 20;
const seconds = { warmUp: 5, measured: 20 };
const people = 10;
const channels = 10;
const onWireMs = 20_000;

const goal = { p50: 5, p99: 20 };

/**
 * `accepted`: from the answer, which says that it is committed, to the line; 0 where the line was there first. `floor` is the
 * bare relay's way to the wire. Both are missing from figures of before they were measured.
 */
type OutboundFigures = {
  perSecond: number;
  chats: number;
  answered: Spread;
  onWire: Spread;
  accepted?: Spread;
  floor?: Spread;
};

/** From the call that sends to the line on the network, over twenty chats in turn; and until the call is answered. */
export const outbound = part<OutboundFigures>({
  name: 'outbound',
  shares: true,
  measure: async ({ tell, shared }) => {
    const { server, person } = await shared();
    tell('sending');
    return measureOutbound(server, person);
  },
  lines: ({ perSecond: rate, chats, answered, onWire, accepted, floor }) => [
    ...(accepted
      ? [
          {
            what: 'accepted send (answered, committed) → line on the network: p50, p99',
            parley: both(accepted),
            goal: `≤ ${goal.p50} ms, ≤ ${goal.p99} ms`,
            met: accepted.p50 <= goal.p50 && accepted.p99 <= goal.p99,
          },
        ]
      : []),
    {
      what: `call to send → line on the network, ${rate} msg/s over ${chats} chats: p50, p99`,
      parley: both(onWire),
      ...(floor && { against: { 'bare relay': against(onWire, floor) } }),
    },
    { what: 'call to send → answered, committed: p50, p99', parley: both(answered) },
  ],
  ratios: ({ onWire, floor }) => [
    { what: 'call to wire: p50, to the floor', value: onWire.p50 / (floor?.p50 ?? Number.NaN) },
    { what: 'call to wire: p99, to the floor', value: onWire.p99 / (floor?.p99 ?? Number.NaN) },
  ],
});

type Post = (at: number, text: string) => Promise<unknown>;

async function measureOutbound(server: BenchServer, person: Person): Promise<OutboundFigures> {
  const load = await Load.start(people);
  try {
    const account = await server.signIn(person, { server: load.host, port: load.port, nick: 'sender' });
    await server.untilOnline(person, account);
    const conversations: string[] = [];
    for (let at = 0; at < people; at += 1) {
      conversations.push(await server.openChat(person, { accountId: account, address: `load${at}` }));
    }
    for (let at = 0; at < channels; at += 1) {
      conversations.push(await server.openChat(person, { accountId: account, join: `#send${at}` }));
    }
    const floor = await measureFloor(load);
    const post: Post = (at, text) => {
      const conversation = conversations[at % conversations.length];
      return server.call(person, 'POST', `/conversations/${conversation}/messages`, { text });
    };
    await run(load, post, seconds.warmUp);
    const { answered, onWire, accepted } = await run(load, post, seconds.measured);
    const found = { answered: spread(answered), onWire: spread(onWire), accepted: spread(accepted) };
    return { perSecond, chats: conversations.length, ...found, floor };
  } finally {
    await load.stop();
  }
}

async function measureFloor(load: Load): Promise<Spread> {
  const relay = new Child('relay-child.ts');
  try {
    const url = String(await relay.ask('gate', load.host, load.port));
    const post: Post = async (at, text) => {
      const body = JSON.stringify({ to: `load${at % people}`, text });
      await (await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(onWireMs) })).text();
    };
    await run(load, post, seconds.warmUp);
    return spread((await run(load, post, seconds.measured)).onWire);
  } finally {
    await relay.stop();
  }
}

async function run(load: Load, post: Post, duration: number) {
  const count = perSecond * duration;
  const begun: bigint[] = [];
  const answered: number[] = [];
  const answeredNs: bigint[] = [];
  const calls: Promise<void>[] = [];
  load.said.length = 0;
  const start = performance.now();
  for (let at = 0; at < count; at += 1) {
    await sleep(Math.max(0, start + (at * 1_000) / perSecond - performance.now()));
    const sentNs = nowNs();
    begun.push(sentNs);
    calls.push(
      post(at, `send:${at}: how are you today?`).then(() => {
        const atNs = nowNs();
        answeredNs[at] = atNs;
        answered.push(Number(atNs - sentNs) / 1e6);
      }),
    );
  }
  await Promise.all(calls);
  const end = performance.now() + onWireMs;
  while (load.said.length < count && performance.now() < end) await sleep(20);
  const lines = load.said.map(({ text, atNs }) => ({ at: Number(/^send:(\d+):/.exec(text)?.[1]), atNs }));
  const onWire = lines.map(({ at, atNs }) => Number(atNs - (begun[at] ?? 0n)) / 1e6);
  // What is committed is on its way before its answer is read: a line may well be there first.
  const accepted = lines.map(({ at, atNs }) => Math.max(0, Number(atNs - (answeredNs[at] ?? 0n)) / 1e6));
  if (onWire.length !== count) throw new Error(`${onWire.length} of ${count} messages came to the network`);
  return { answered, onWire, accepted };
}
