import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Way } from '../arrivals.ts';
import { median, type Spread, spread } from '../statistics.ts';

/** Who does the same work. */
export type Entrant = 'parley' | 'relay' | 'znc' | 'zncLog' | 'biboumi' | 'bitlbee';
export type Entrants = Partial<Record<Entrant, Way>>;

export type Counted = { sent: number; lost: number; doubled: number; disordered: number };
export type ContestFigures = {
  rates: { perSecond: number; seconds: number; latencies: Partial<Record<Entrant, Spread>> }[];
  /** Messages a second, each the median of `times`. */
  burst?: { count: number; times: number; perSecond: Partial<Record<Entrant, number>> };
  counted: Partial<Record<Entrant, Counted>>;
};

export type Plan = {
  rates: readonly number[];
  seconds: number;
  burst?: { count: number; times: number };
  warmUp: { perSecond: number; seconds: number; burst?: number };
};

const rest = 1_500;

/**
 * The same from each, one right after the other, so that what else the machine does meanwhile falls on all of them; each
 * turn begins with another one.
 */
export async function contest(
  entrants: Entrants,
  plan: Plan,
  tell: (text: string) => void,
  pauseMs = rest,
): Promise<ContestFigures> {
  const all = Object.entries(entrants) as [Entrant, Way][];
  const counted: ContestFigures['counted'] = {};
  const count = (name: Entrant, outcome: Outcome): Outcome => {
    const sum = counted[name] ?? { sent: 0, lost: 0, doubled: 0, disordered: 0 };
    for (const key of ['sent', 'lost', 'doubled', 'disordered'] as const) sum[key] += outcome[key];
    counted[name] = sum;
    return outcome;
  };
  let turns = 0;
  const eachInTurn = async (what: string, measure: (way: Way, name: Entrant) => Promise<Outcome>) => {
    const first = turns++ % Math.max(1, all.length);
    const outcomes: [Entrant, Outcome][] = [];
    for (const [name, way] of [...all.slice(first), ...all.slice(0, first)]) {
      tell(`${what}: ${name}`);
      await sleep(pauseMs);
      outcomes.push([name, count(name, await measure(way, name))]);
    }
    return outcomes;
  };

  await eachInTurn('warming up', async (way, name) => {
    const { perSecond, seconds, burst } = plan.warmUp;
    const evenly = await way.rate(perSecond, seconds);
    if (burst === undefined) return evenly;
    count(name, evenly);
    return way.burst(burst);
  });
  const rates: ContestFigures['rates'] = [];
  for (const perSecond of plan.rates) {
    const outcomes = await eachInTurn(`${perSecond} a second`, (way) => way.rate(perSecond, plan.seconds));
    const latencies = Object.fromEntries(outcomes.map(([name, { latencies: all }]) => [name, spread(all)]));
    rates.push({ perSecond, seconds: plan.seconds, latencies });
  }
  if (!plan.burst) return { rates, counted };
  const { burst } = plan;
  const got = new Map<Entrant, number[]>();
  for (let time = 1; time <= burst.times; time += 1) {
    const outcomes = await eachInTurn(`${burst.count} at once`, (way) => way.burst(burst.count));
    for (const [name, { sent, lost, seconds }] of outcomes)
      got.set(name, [...(got.get(name) ?? []), (sent - lost) / seconds]);
  }
  const perSecond = Object.fromEntries([...got].map(([name, values]) => [name, median(values)]));
  return { rates, burst: { ...burst, perSecond }, counted };
}

export const lostOf = (counted: Counted | undefined): string | undefined =>
  counted && `${counted.lost}, ${counted.doubled}, ${counted.disordered}`;
