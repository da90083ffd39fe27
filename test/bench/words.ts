import type { Spread } from './statistics.ts';

/** How figures are written. */
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
export const kib = (value: number): string => `${value.toFixed(0)} KiB`;
export const mib = (valueKiB: number): string => `${(valueKiB / 1_024).toFixed(0)} MiB`;
export const perSecond = (value: number): string => `${whole(value)} msg/s`;
export const times = (value: number): string => `${value < 1 ? value.toPrecision(1) : value.toFixed(1)}×`;

type Ranks = Pick<Spread, 'p50' | 'p99'>;
export const both = ({ p50, p99 }: Ranks): string => `${ms(p50)}, ${ms(p99)}`;

/** Latencies of another program, and how often they go into Parley's. */
export const against = (parley: Ranks, other: Ranks): string =>
  `${both(other)} (${times(parley.p50 / other.p50)}, ${times(parley.p99 / other.p99)})`;
