import { type Outcome, type Way, wayTo } from './arrivals.ts';
import { channel, type InboundRig, withInbound } from './inbound-rig.ts';
import { part } from './part.ts';
import { median, type Spread, spread } from './statistics.ts';
import { against, both, perSecond as rateOf, whole } from './words.ts';

const warmUp = { perSecond: 200, seconds: 5, burst: 10_000 };
const bursts = { count: 50_000, times: 3 };
const goals = { perSecond: 200, p50: 2, p99: 7 };

type InboundFigures = {
  rates: { perSecond: number; floor: Spread; parley: Spread }[];
  /** Messages a second, each the median of `times`. */
  burst: { count: number; times: number; perSecond: { floor: number; channel: number; chats: number } };
  /** Over all measurements, the floor's too. */
  counted: Counted;
};
type Counted = { sent: number; lost: number; doubled: number; disordered: number };

/** From the line on the network's socket to the frame at a browser's socket, committed in between; and the bare relay. */
export const inbound = part<InboundFigures>({
  name: 'inbound',
  shares: true,
  measure: async ({ tell, shared }) => {
    const shares = await shared();
    return withInbound(shares, (rig) => measure(rig, tell));
  },
  lines: ({ rates, burst, counted }) => [
    ...rates.map(({ perSecond, parley, floor }) => ({
      what: `network line → committed → browser socket at ${rateOf(perSecond)}: p50, p99`,
      parley: both(parley),
      against: { 'bare relay': against(parley, floor) },
      ...(perSecond === goals.perSecond && {
        goal: `≤ ${goals.p50} ms, ≤ ${goals.p99} ms`,
        met: parley.p50 <= goals.p50 && parley.p99 <= goals.p99,
      }),
    })),
    ...(['channel', 'chats'] as const).map((way) => ({
      what: `${whole(burst.count)} messages at once, ${way === 'channel' ? 'one channel' : 'ten chats'}`,
      parley: rateOf(burst.perSecond[way]),
      against: {
        'bare relay': `${rateOf(burst.perSecond.floor)} (1/${(burst.perSecond.floor / burst.perSecond[way]).toFixed(1)})`,
      },
    })),
    {
      what: `of ${whole(counted.sent)} messages: lost, doubled, out of order`,
      parley: `${counted.lost}, ${counted.doubled}, ${counted.disordered}`,
      goal: '0, 0, 0',
      met: counted.lost + counted.doubled + counted.disordered === 0,
    },
  ],
  ratios: ({ rates, burst: { perSecond } }) => [
    ...rates.flatMap(({ perSecond: rate, parley, floor }) => [
      { what: `in at ${rateOf(rate)}: p50, to the floor`, value: parley.p50 / floor.p50 },
      { what: `in at ${rateOf(rate)}: p99, to the floor`, value: parley.p99 / floor.p99 },
    ]),
    { what: 'burst into one channel, floor to it', value: perSecond.floor / perSecond.channel },
    { what: 'burst into ten chats, floor to it', value: perSecond.floor / perSecond.chats },
  ],
});

async function measure(
  { watcher, load, floor, pause }: InboundRig,
  tell: (text: string) => void,
): Promise<InboundFigures> {
  const ways = {
    floor,
    channel: wayTo(load, channel, watcher),
    chats: wayTo(load, 'bench', watcher),
  };
  const counted: Counted = { sent: 0, lost: 0, doubled: 0, disordered: 0 };
  const count = (outcome: Outcome): Outcome => {
    for (const key of ['sent', 'lost', 'doubled', 'disordered'] as const) counted[key] += outcome[key];
    return outcome;
  };
  const rate = async (way: Way, perSecond: number): Promise<Spread> => {
    await pause();
    return spread(count(await way.rate(perSecond, 10)).latencies);
  };
  const burst = async (way: Way): Promise<number> => {
    await pause();
    const { sent, lost, seconds } = count(await way.burst(bursts.count));
    return (sent - lost) / seconds;
  };

  tell('warming up');
  for (const way of Object.values(ways)) {
    count(await way.rate(warmUp.perSecond, warmUp.seconds));
    count(await way.burst(warmUp.burst));
  }
  const rates: InboundFigures['rates'] = [];
  for (const perSecond of [200, 1_000, 5_000]) {
    tell(`${perSecond} messages a second`);
    const floorSpread = await rate(ways.floor, perSecond);
    rates.push({ perSecond, floor: floorSpread, parley: await rate(ways.channel, perSecond) });
  }
  const got: Record<keyof typeof ways, number[]> = { floor: [], channel: [], chats: [] };
  for (let time = 1; time <= bursts.times; time += 1) {
    tell(`bursts of ${bursts.count} messages, ${time} of ${bursts.times}`);
    for (const way of ['floor', 'channel', 'chats'] as const) got[way].push(await burst(ways[way]));
  }
  const perSecond = { floor: median(got.floor), channel: median(got.channel), chats: median(got.chats) };
  return { rates, burst: { count: bursts.count, times: bursts.times, perSecond }, counted };
}
