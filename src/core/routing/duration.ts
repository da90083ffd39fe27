import { DomainError } from '../errors.js';
import type { RouteStep } from './policy.js';

const MAX_MS = 7 * 86_400_000;
const DEFAULT_WITHIN_MS = 5 * 60_000;

/** Days, hours, minutes and seconds of an ISO 8601 duration. @throws DomainError for nothing, and for more than `most` ms */
export function durationMs(duration: string, field = 'route.within', most = MAX_MS): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  const ms = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
  if (parts && ms > 0 && ms <= most) return ms;
  const longest = most === MAX_MS ? 'P7D' : `PT${most / 1000}S`;
  throw new DomainError('invalid', 'invalid-duration', `The time must be more than nothing and at most ${longest}.`, {
    fields: { [field]: `must be an ISO 8601 duration up to ${longest}, such as PT5M` },
  });
}

/** How long a step waits: for the proof of those before it, or after the message where it goes in any case. */
export function waitMs({ unless, within }: Pick<RouteStep, 'unless' | 'within'>): number {
  if (within !== undefined) return durationMs(within);
  return unless === undefined ? 0 : DEFAULT_WITHIN_MS;
}

const UNITS: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** In words: "5 minutes", "1 day 2 hours". */
export function spelled(ms: number): string {
  const words: string[] = [];
  let rest = ms;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(counted(count, unit));
  }
  if (rest > 0 || words.length === 0) words.push(counted(rest / 1000, 'second'));
  return words.join(' ');
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
