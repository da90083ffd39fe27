import type { DigestRules, QuietHours } from './service.js';

const MINUTE_MS = 60_000;

type Times = { lastSeenAt: number | undefined; lastSentAt: number | undefined };

/** When the times allow a digest: the user was away long enough, and the last one is long enough ago. */
export const earliest = (
  { awayMinutes, everyMinutes }: Pick<DigestRules, 'awayMinutes' | 'everyMinutes'>,
  { lastSeenAt, lastSentAt }: Times,
): number => Math.max((lastSeenAt ?? 0) + awayMinutes * MINUTE_MS, (lastSentAt ?? 0) + everyMinutes * MINUTE_MS);

/** When something that was missed has waited long enough; then all that was missed goes. */
export const ripeAt = ({ awayMinutes }: Pick<DigestRules, 'awayMinutes'>, missed: readonly { at: number }[]): number =>
  Math.min(...missed.map(({ at }) => at)) + awayMinutes * MINUTE_MS;

/** Whether it is between these times of the day there; they may go over midnight. */
export function isQuiet({ from, to, zone }: QuietHours, now: number): boolean {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  const time = new Intl.DateTimeFormat('en-GB', options).format(now);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
