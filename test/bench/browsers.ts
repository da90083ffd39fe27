import type { Outcome } from './arrivals.ts';
import { channel, type InboundRig, withInbound } from './inbound-rig.ts';
import { part } from './part.ts';
import { type Spread, spread } from './statistics.ts';
import { Watcher } from './watcher.ts';
import { against, both, whole } from './words.ts';

const run = { browsers: 20, perSecond: 200, seconds: 10 };
const goal = { p99: 10 };

type BrowserFigures = {
  browsers: number;
  perSecond: number;
  floor: Spread;
  parley: Spread;
  /** Of all that the browsers should have seen. */
  counted: { seen: number; lost: number; doubled: number; disordered: number };
};

/** One user with many browsers open: each message to all of them. */
export const browsers = part<BrowserFigures>({
  name: 'browsers',
  shares: true,
  measure: async ({ tell, shared }) => {
    const shares = await shared();
    return withInbound(shares, (rig) => {
      tell(`${run.perSecond} messages a second to ${run.browsers} browsers`);
      return measure(rig);
    });
  },
  lines: ({ browsers: count, perSecond, floor, parley, counted }) => [
    {
      what: `the same at ${perSecond} msg/s to ${count} browsers of one user: p50, p99 of all of them`,
      parley: both(parley),
      against: { 'bare relay': against(parley, floor) },
      goal: `p99 ≤ ${goal.p99} ms, nothing lost`,
      met: parley.p99 <= goal.p99 && counted.lost + counted.doubled + counted.disordered === 0,
    },
    {
      what: `of ${whole(counted.seen)} frames' messages there: lost, doubled, out of order`,
      parley: `${counted.lost}, ${counted.doubled}, ${counted.disordered}`,
    },
  ],
  ratios: ({ floor, parley }) => [
    { what: 'in to 20 browsers: p50, to the floor', value: parley.p50 / floor.p50 },
    { what: 'in to 20 browsers: p99, to the floor', value: parley.p99 / floor.p99 },
  ],
});

async function measure({ load, floor, open, pause }: InboundRig): Promise<BrowserFigures> {
  const watchers = await Promise.all(Array.from({ length: run.browsers }, open));
  const watch = (seconds: number) =>
    Watcher.watchAll(watchers, () => load.rate(run.perSecond, seconds, { to: channel }));
  try {
    await watch(5);
    await pause();
    const relayed = await floor.rateTo(run.browsers, run.perSecond, run.seconds);
    await pause();
    const outcomes = await watch(run.seconds);
    const sum = (read: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + read(outcome), 0);
    return {
      browsers: run.browsers,
      perSecond: run.perSecond,
      floor: spread(relayed.flatMap(({ latencies }) => latencies)),
      parley: spread(outcomes.flatMap(({ latencies }) => latencies)),
      counted: {
        seen: sum(({ sent }) => sent),
        lost: sum(({ lost }) => lost),
        doubled: sum(({ doubled }) => doubled),
        disordered: sum(({ disordered }) => disordered),
      },
    };
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}
