import type { RouteStep } from '../../lib/api/types';
import { t } from '../../lib/i18n';

type Unit = 'day' | 'hour' | 'minute' | 'second';

const units: [Unit, number][] = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
];
const usual = 5;

export const durationOf = (minutes: number): string => `PT${minutes}M`;

/** Of an ISO 8601 duration. */
export function minutesOf(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  return (days * 24 + hours) * 60 + minutes + seconds / 60;
}

/** How long a step waits: for the proof of those before it, or after the message where it goes in any case. */
export function waitMinutes({ unless, within }: Pick<RouteStep, 'unless' | 'within'>): number {
  if (within !== undefined) return minutesOf(within);
  return unless === undefined ? 0 : usual;
}

/** In words: "5 minutes", "1 day 2 hours". */
export function spelled(minutes: number): string {
  const words: string[] = [];
  let rest = minutes;
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size + 1e-9);
    rest -= count * size;
    if (count > 0) words.push(counted(count, unit));
  }
  const seconds = Math.round(rest * 60_000) / 1000;
  if (seconds > 0 || words.length === 0) words.push(counted(Math.max(0, seconds), 'second'));
  return words.join(' ');
}

const counted = (count: number, unit: Unit): string => t(`route-words.${unit}`, { count });
