import type { Contact } from '../../lib/api/types';

/** Where somebody is: as the user says, else as their most available network says, else as any does. */
export function timeZoneOf({ timeZone, buddies, bestBuddyId }: Contact): string | undefined {
  if (timeZone) return timeZone;
  const best = buddies.find(({ id }) => id === bestBuddyId);
  return best?.timeZone ?? buddies.find((buddy) => buddy.timeZone)?.timeZone;
}

const minuteMs = 60_000;
const parts = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are from UTC at a moment, in minutes; undefined for a zone this browser does not know. */
export function offsetOf(zone: string, at: number): number | undefined {
  try {
    const format =
      parts.get(zone) ??
      new Intl.DateTimeFormat('en-US', {
        ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
        ...{ hour: 'numeric', minute: 'numeric' },
      });
    parts.set(zone, format);
    const found = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = found;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute) - at) / minuteMs);
  } catch {
    return undefined;
  }
}

/** The zone of somebody whose clock shows another time than ours now. */
export function otherZone(contact: Contact, now: number): string | undefined {
  const zone = timeZoneOf(contact);
  if (zone === undefined) return undefined;
  const theirs = offsetOf(zone, now);
  return theirs === undefined || theirs === -new Date(now).getTimezoneOffset() ? undefined : zone;
}

/** How long somebody has done nothing; undefined while that is not worth a word. */
export function idleFor({ idleSince, state }: Contact['presence'], now: number): number | undefined {
  if (!idleSince || state === 'offline') return undefined;
  const ms = now - Date.parse(idleSince);
  return ms >= minuteMs ? ms : undefined;
}
