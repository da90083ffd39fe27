import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './children.ts';
import type { Figures, Spread } from './figures.ts';
import { Load } from './load.ts';
import type { BenchServer, Person } from './server.ts';
import { median, spread } from './statistics.ts';
import { type Outcome, Watcher } from './watcher.ts';

const channel = { parley: '#parley', floor: '#floor' };
const warmUp = { perSecond: 200, seconds: 5, burst: 10_000 };
const bursts = { count: 50_000, times: 3 };
const pauseMs = 1_500;

type Way = { watcher: Watcher; load: Load; to: string };
type Counted = { sent: number; lost: number; doubled: number; disordered: number };

/** From the line on the network's socket to the frame at a browser's socket, committed in between; and the bare relay. */
export async function measureInbound(server: BenchServer, person: Person, tell: (text: string) => void) {
  const load = await Load.start(10);
  const relay = new Child('relay-child.ts');
  const watchers: Watcher[] = [];
  try {
    const floorUrl = String(await relay.ask('relay', load.host, load.port, channel.floor));
    const fields = { server: load.host, port: load.port, nick: 'bench', channels: channel.parley };
    await server.untilOnline(person, await server.signIn(person, fields));
    await load.untilMembers(channel.floor, 1, 10_000);
    await load.untilMembers(channel.parley, 1, 10_000);
    watchers.push(await Watcher.open(`${server.url.replace('http', 'ws')}/api/v1/stream`, person.token));
    watchers.push(await Watcher.open(floorUrl));
    const [watcher, floorWatcher] = watchers;
    if (!watcher || !floorWatcher) throw new Error('no watchers');
    const parley: Way = { watcher, load, to: channel.parley };
    const chats: Way = { watcher, load, to: 'bench' };
    const floor: Way = { watcher: floorWatcher, load, to: channel.floor };
    return await measure({ parley, chats, floor }, tell);
  } finally {
    for (const watcher of watchers) watcher.close();
    await Promise.all([load.stop(), relay.stop()]);
  }
}

async function measure(
  { parley, chats, floor }: { parley: Way; chats: Way; floor: Way },
  tell: (text: string) => void,
): Promise<Pick<Figures, 'inbound' | 'counted'>> {
  const counted: Counted = { sent: 0, lost: 0, doubled: 0, disordered: 0 };
  const count = (outcome: Outcome): Outcome => {
    for (const key of ['sent', 'lost', 'doubled', 'disordered'] as const) counted[key] += outcome[key];
    return outcome;
  };
  const rate = async (way: Way, perSecond: number, seconds: number): Promise<Spread> => {
    await sleep(pauseMs);
    return spread(count(await way.watcher.watch(() => way.load.rate(perSecond, seconds, { to: way.to }))).latencies);
  };
  const burst = async (way: Way): Promise<number> => {
    await sleep(pauseMs);
    const { sent, lost, seconds } = count(await way.watcher.watch(() => way.load.burst(bursts.count, { to: way.to })));
    return (sent - lost) / seconds;
  };

  tell('warming up');
  for (const way of [floor, parley, chats]) {
    count(await way.watcher.watch(() => way.load.rate(warmUp.perSecond, warmUp.seconds, { to: way.to })));
    count(await way.watcher.watch(() => way.load.burst(warmUp.burst, { to: way.to })));
  }
  const rates: Figures['inbound']['rates'] = [];
  for (const perSecond of [200, 1_000, 5_000]) {
    tell(`${perSecond} messages a second`);
    const floorSpread = await rate(floor, perSecond, 10);
    rates.push({ perSecond, floor: floorSpread, parley: await rate(parley, perSecond, 10) });
  }
  const got: Record<'floor' | 'channel' | 'chats', number[]> = { floor: [], channel: [], chats: [] };
  for (let time = 1; time <= bursts.times; time += 1) {
    tell(`bursts of ${bursts.count} messages, ${time} of ${bursts.times}`);
    got.floor.push(await burst(floor));
    got.channel.push(await burst(parley));
    got.chats.push(await burst(chats));
  }
  const perSecond = { floor: median(got.floor), channel: median(got.channel), chats: median(got.chats) };
  return { inbound: { rates, burst: { count: bursts.count, times: bursts.times, perSecond } }, counted };
}
