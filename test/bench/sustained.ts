import type { Outcome } from './arrivals.ts';
import { channel, type InboundRig, withInbound } from './inbound-rig.ts';
import { part } from './part.ts';
import { type Spread, spread } from './statistics.ts';
import { perSecond as rateOf } from './words.ts';

const steps = { first: 2_500, by: 2_500, last: 40_000, seconds: 10 };
const goal = { perSecond: 15_000, p99: 15 };
/** A step that does not hold is tried once more, as another program may have had the processors. */
const tries = 2;

type Step = Spread & { perSecond: number; lost: number; doubled: number; disordered: number };
type SustainedFigures = {
  seconds: number;
  /** The greatest rate with nothing lost and p99 within the goal; 0 where none was. */
  perSecond: number;
  steps: Step[];
  /** The bare relay at the last rate that was tried: what generator and watcher themselves can do. */
  floor: Step;
};

/** The rate is raised until messages come too late or not at all. */
export const sustained = part<SustainedFigures>({
  name: 'sustained',
  shares: true,
  measure: async ({ tell, shared }) => withInbound(await shared(), (rig) => measure(rig, tell)),
  lines: ({ seconds, perSecond, steps: tried, floor }) => {
    const held = tried.find((step) => step.perSecond === perSecond);
    return [
      {
        what: `most messages a second over ${seconds} s, one channel, none lost and p99 ≤ ${goal.p99} ms`,
        parley: held ? `${rateOf(perSecond)} (p99 ${held.p99.toFixed(1)} ms)` : `less than ${rateOf(steps.first)}`,
        against: { 'bare relay': `p99 ${floor.p99.toFixed(1)} ms at ${rateOf(floor.perSecond)}` },
        goal: `≥ ${rateOf(goal.perSecond)}`,
        met: perSecond >= goal.perSecond,
      },
    ];
  },
  ratios: ({ perSecond }) => [{ what: 'sustained rate, goal to it', value: goal.perSecond / perSecond }],
});

const isHeld = ({ p99, lost, doubled, disordered }: Step) => p99 <= goal.p99 && lost + doubled + disordered === 0;

async function measure({ load, watcher, floor, pause }: InboundRig, tell: (text: string) => void) {
  const measured: Step[] = [];
  const rate = (perSecond: number) => watcher.watch(() => load.rate(perSecond, steps.seconds, { to: channel }));
  await watcher.watch(() => load.rate(1_000, 5, { to: channel }));
  const once = async (perSecond: number): Promise<Step> => {
    await pause();
    const step = stepOf(perSecond, await rate(perSecond));
    tell(`${rateOf(perSecond)}: p99 ${step.p99.toFixed(1)} ms, lost ${step.lost}`);
    return step;
  };
  let held = 0;
  for (let perSecond = steps.first; perSecond <= steps.last; perSecond += steps.by) {
    let step = await once(perSecond);
    for (let time = 1; time < tries && !isHeld(step); time += 1) step = await once(perSecond);
    measured.push(step);
    if (!isHeld(step)) break;
    held = perSecond;
  }
  const last = measured.at(-1)?.perSecond ?? steps.first;
  await pause();
  const floored = stepOf(last, await floor.rate(last, steps.seconds));
  return { seconds: steps.seconds, perSecond: held, steps: measured, floor: floored };
}

const stepOf = (perSecond: number, { latencies, lost, doubled, disordered }: Outcome): Step => ({
  perSecond,
  ...spread(latencies),
  lost,
  doubled,
  disordered,
});
