import type { Spread } from './figures.ts';

/** The nearest-rank percentile of values in any order. */
export function percentile(values: number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: number[]): number => percentile(values, 50);

export const spread = (ms: number[]): Spread => ({
  p50: percentile(ms, 50),
  p99: percentile(ms, 99),
  most: percentile(ms, 100),
});
