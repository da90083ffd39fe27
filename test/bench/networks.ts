import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './children.ts';
import { Floor } from './floor.ts';
import { Load } from './load.ts';
import { type LoadRun, nowNs } from './load-irc.ts';
import { peers } from './network-peers.ts';
import { part } from './part.ts';
import type { BenchServer, Person } from './server.ts';
import { type Spread, spread } from './statistics.ts';
import { Watcher } from './watcher.ts';
import { against, both } from './words.ts';

const inbound = { perSecond: 200, seconds: 10, warmUp: 3 };
const outbound = { perSecond: 20, seconds: 10, warmUp: 2 };
const pauseMs = 1_000;

/** Each network but IRC, at 200 messages a second in and 20 out, or what it takes in one chat; `out` ends at its wire. */
type NetworkFigures = {
  network: string;
  in: Spread & { lost: number; doubled: number; disordered: number };
  out: Spread & { perSecond: number };
};
/** `floor` is the bare relay's at the same rate; missing from figures of before it was measured. */
type NetworksFigures = { floor?: Spread; networks: NetworkFigures[] };

export const networks = part<NetworksFigures>({
  name: 'networks',
  shares: true,
  measure: async ({ tell, shared }) => {
    const { server, person } = await shared();
    tell('bare relay');
    return { floor: await measureFloor(), networks: await measureNetworks(server, person, tell) };
  },
  lines: ({ floor, networks: measured }) =>
    measured.flatMap(({ network, in: came, out }) => [
      {
        what: `${network}: message on its wire → committed → browser socket at 200 msg/s: p50, p99`,
        parley: both(came),
        ...(floor && { against: { 'bare relay': against(came, floor) } }),
        goal: 'lost, doubled, out of order: 0, 0, 0',
        met: came.lost + came.doubled + came.disordered === 0,
      },
      { what: `${network}: call to send → message on its wire at ${out.perSecond} msg/s: p50, p99`, parley: both(out) },
    ]),
  ratios: ({ floor, networks: measured }) =>
    measured.flatMap(({ network, in: came, out }) => [
      { what: `${network} in: p50, to the floor`, value: came.p50 / (floor?.p50 ?? Number.NaN) },
      { what: `${network} out: p50, to the floor`, value: out.p50 / (floor?.p50 ?? Number.NaN) },
    ]),
});

type Login = { login: { flow: string; inputs: Record<string, unknown>[] }; partner: string };

/** For each network: message on its wire → committed → browser's socket, and call to send → message on its wire. */
async function measureNetworks(server: BenchServer, person: Person, tell: (text: string) => void) {
  const measured: NetworkFigures[] = [];
  for (const network of Object.keys(peers)) {
    tell(network);
    measured.push(await measureNetwork(server, person, network));
  }
  return measured;
}

async function measureFloor(): Promise<Spread> {
  const load = await Load.start();
  try {
    const floor = await Floor.open(load);
    await floor.rate(inbound.perSecond, inbound.warmUp);
    const { latencies } = await floor.rate(inbound.perSecond, inbound.seconds).finally(() => floor.close());
    return spread(latencies);
  } finally {
    await load.stop();
  }
}

async function measureNetwork(server: BenchServer, person: Person, network: string): Promise<NetworkFigures> {
  const watcher = await Watcher.open(server.streamUrl, person.token);
  try {
    const came = await withPeer(server, person, network, async (peer) => {
      const say = (seconds: number) =>
        watcher.watch(async () => (await peer.ask('rate', inbound.perSecond, seconds)) as LoadRun);
      await say(inbound.warmUp);
      await sleep(pauseMs);
      return say(inbound.seconds);
    });
    const out = await withPeer(server, person, network, async (peer, conversation) => {
      const perSecond = await takenASecond(server, person, network);
      const send = (seconds: number) => sendEvenly(server, person, peer, { conversation, perSecond, seconds });
      await send(outbound.warmUp);
      return { perSecond, ...(await send(outbound.seconds)) };
    });
    const { lost, doubled, disordered } = came;
    return { network, in: { ...spread(came.latencies), lost, doubled, disordered }, out };
  } finally {
    watcher.close();
  }
}

/** No more than the network takes in one chat. */
async function takenASecond(server: BenchServer, person: Person, network: string): Promise<number> {
  const { items } = (await server.call(person, 'GET', '/networks')) as {
    items: { id: string; capabilities: { send: { pace?: { chat?: { perMs: number } } } } }[];
  };
  const pace = items.find(({ id }) => id === network)?.capabilities.send.pace?.chat;
  return pace === undefined ? outbound.perSecond : Math.min(outbound.perSecond, 1_000 / pace.perMs);
}

/** With a peer and an account of its own, so that a scripted server is not slow for what it has had to keep before. */
async function withPeer<T>(
  server: BenchServer,
  person: Person,
  network: string,
  measure: (peer: Child, conversation: string) => Promise<T>,
): Promise<T> {
  const peer = new Child('network-child.ts');
  try {
    const { login, partner } = (await peer.ask('start', network)) as Login;
    const account = await server.signInTo(person, network, login.flow, login.inputs);
    await server.untilOnline(person, account);
    const measured = await measure(peer, await server.openChat(person, { accountId: account, address: partner }));
    await server.call(person, 'DELETE', `/accounts/${account}`);
    return measured;
  } finally {
    await peer.stop();
  }
}

let marks = 0;

async function sendEvenly(
  server: BenchServer,
  person: Person,
  peer: Child,
  { conversation, perSecond, seconds }: { conversation: string; perSecond: number; seconds: number },
): Promise<Spread> {
  const start = performance.now();
  const sends: Promise<number>[] = [];
  for (let at = 0; at < perSecond * seconds; at += 1) {
    await sleep(Math.max(0, start + (at * 1_000) / perSecond - performance.now()));
    const mark = `send:${++marks}:`;
    const sentNs = nowNs();
    const heard = peer.ask('heard', mark);
    const call = server.call(person, 'POST', `/conversations/${conversation}/messages`, {
      text: `${mark} how are you?`,
    });
    sends.push(Promise.all([heard, call]).then(([atNs]) => Number(BigInt(atNs as bigint) - sentNs) / 1e6));
  }
  return spread(await Promise.all(sends));
}
