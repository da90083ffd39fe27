import { type Spread, spread } from '../bench/statistics.ts';
import type { Came } from './stamps.ts';

/** What became of messages at one place. */
export type Count = { sent: number; lost: number; doubled: number; disordered: number };

/** Each `expected` must have come exactly once; those of a chat in their order. `came`: in the order in which they came. */
export function count(expected: ReadonlySet<string>, came: readonly Pick<Came, 'key'>[]): Count {
  const seen = new Map<string, number>();
  const last = new Map<string, number>();
  let disordered = 0;
  for (const { key } of came) {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times > 1) continue;
    const [run = '', sequence] = key.split(':');
    if (Number(sequence) < (last.get(run) ?? -1)) disordered += 1;
    last.set(run, Math.max(last.get(run) ?? -1, Number(sequence)));
  }
  const lost = [...expected].filter((key) => !seen.has(key)).length;
  const doubled = [...seen.values()].filter((times) => times > 1).length;
  return { sent: expected.size, lost, doubled, disordered };
}

export function sumOf(counts: readonly Count[]): Count {
  const sum: Count = { sent: 0, lost: 0, doubled: 0, disordered: 0 };
  for (const one of counts) for (const name of Object.keys(sum) as (keyof Count)[]) sum[name] += one[name];
  return sum;
}

export const isClean = ({ lost, doubled, disordered }: Count): boolean => lost + doubled + disordered === 0;

/** From being handed over to being there, of those that came while somebody was listening. */
export const latencies = (came: readonly Came[]): Spread =>
  spread(came.filter(({ sentMs }) => !Number.isNaN(sentMs)).map(({ atMs, sentMs }) => atMs - sentMs));
