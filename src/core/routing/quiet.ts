import type { Conditions } from './policy.js';

export type QuietHours = Pick<NonNullable<Conditions['quiet']>, 'from' | 'to' | 'zone'>;

const MINUTE = 60_000;
const DAY = 24 * 60;
/** A change of the clocks takes a few steps more than one; nothing takes this many. */
const MOST_STEPS = 500;
const MOST_ZONES = 200;

/** When the quiet hours that this moment falls in end; undefined where it falls in none. Goes by the clocks of the zone. */
export function quietUntil(hours: QuietHours, now: number): number | undefined {
  const wall = wallClock(hours.zone);
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const isQuiet = (minute: number) => (from < to ? minute >= from && minute < to : minute >= from || minute < to);
  let at = Math.floor(now / MINUTE) * MINUTE;
  if (!isQuiet(wall(at).minute)) return undefined;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { minute, offset } = wall(at);
    if (!isQuiet(minute)) return at;
    const next = at + ((to - minute + DAY) % DAY || DAY) * MINUTE;
    // Where the clocks go forward on the way, their time comes sooner; a time that they pass over comes with the change.
    at = Math.max(at + MINUTE, next - Math.max(0, wall(next).offset - offset));
  }
  return at;
}

export const isTimeOfDay = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

export function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= MOST_ZONES) formats.clear();
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...numeric });
  formats.set(zone, format);
  return format;
}

/** What the clocks of a zone show at a whole minute: the minute of the day, and how far they are ahead of UTC. */
function wallClock(zone: string): (at: number) => { minute: number; offset: number } {
  const format = formatOf(zone);
  return (at) => {
    const shown = new Map<string, number>(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: string) => shown.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
    return { minute: part('hour') * 60 + part('minute'), offset: local - at };
  };
}
