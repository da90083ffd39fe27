import type { DigestRules } from './service.js';

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
