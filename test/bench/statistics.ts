/** Latencies in ms. */
export type Spread = { p50: number; p99: number; most: number };

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

/** The standard deviation of the logarithms: how far, as a factor, one run lies from another. */
export function logDeviation(values: number[]): number {
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, logs.length - 1));
}
