import type { Kept, Noise } from './kept.ts';
import type { Measured, Ratio } from './part.ts';
import { logDeviation, median } from './statistics.ts';

/** How much worse a figure may be before it counts: `deviations` of its runs, within these bounds. */
const rule = { deviations: 4, least: 1.25, most: 4, unknown: 2.5, exact: 1.1, runs: 3 };

export type Compared = { what: string; before: number; now: number; allowed: number; worse: boolean };

/** What several runs of the same code on the same machine say about each ratio. */
export function noiseOf(runs: Pick<Measured, 'ratios'>[]): Record<string, Noise> | undefined {
  if (runs.length < rule.runs) return undefined;
  return Object.fromEntries(
    [...valuesOf(runs)].map(([what, values]) => [what, { runs: runs.length, deviation: logDeviation(values) }]),
  );
}

/** The ratio that is committed: the median of its runs. */
export function mediansOf(runs: Pick<Measured, 'ratios'>[]): Record<string, number> {
  return Object.fromEntries([...valuesOf(runs)].map(([what, values]) => [what, median(values)]));
}

/** The run that lies in the middle of all, by all its ratios together. */
export function middleOf<Run extends Pick<Measured, 'ratios'>>(runs: readonly [Run, ...Run[]]): Run {
  const weight = ({ ratios }: Run) => ratios.reduce((sum, { value }) => sum + Math.log(value), 0);
  const sorted = [...runs].sort((a, b) => weight(a) - weight(b));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? runs[0];
}

/** How often as much as before a ratio may be. */
export function allowed(noise: Noise | undefined, exact = false): number {
  if (exact) return rule.exact;
  if (!noise) return rule.unknown;
  return Math.min(rule.most, Math.max(rule.least, Math.exp(rule.deviations * noise.deviation)));
}

/** Against the committed ratios. What was not measured then is left out; what no longer is, is worse. */
export function compare(ratios: Ratio[], kept: Pick<Kept, 'ratios' | 'noise'>): Compared[] {
  return Object.entries(kept.ratios).map(([what, before]) => {
    const found = ratios.find((one) => one.what === what);
    const now = found?.value ?? Number.NaN;
    const limit = allowed(kept.noise[what], found?.exact);
    return { what, before, now, allowed: limit, worse: !(now <= before * limit) };
  });
}

function valuesOf(runs: Pick<Measured, 'ratios'>[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const { ratios } of runs) {
    for (const { what, value } of ratios) values.set(what, [...(values.get(what) ?? []), value]);
  }
  return values;
}
