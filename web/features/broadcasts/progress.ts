import type { Broadcast } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { statusText } from '../../ui/delivery-mark';

export type Standing = keyof Broadcast['progress'];

export function standingWord(standing: Standing): string {
  if (standing === 'waiting') return t('broadcasts.waiting');
  if (standing === 'problem') return t('broadcasts.unreachable');
  return statusText(standing);
}

/** From the furthest to the least far, then what came to nothing: the order of the bar and of its legend. */
export const standings: Standing[] = [
  'read',
  'delivered',
  'sent',
  'sending',
  'queued',
  'waiting',
  'unknown',
  'failed',
  'problem',
  'cancelled',
];

/** People for whom nothing more is done. */
export function settled({ total, progress }: Pick<Broadcast, 'total' | 'progress'>): number {
  return total - progress.waiting - progress.queued - progress.sending;
}

export type Sample = { at: number; settled: number };

/** How long the rest takes at the pace of these samples; null while that cannot be told. */
export function leftMs(samples: Sample[], total: number): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < 3000) return null;
  const perMs = (last.settled - first.settled) / (last.at - first.at);
  return perMs > 0 ? (total - last.settled) / perMs : null;
}

export function leftText(ms: number): string {
  if (ms < 60_000) return t('broadcasts.left-less');
  if (ms < 5_400_000) return t('broadcasts.left-minutes', { minutes: Math.round(ms / 60_000) });
  return t('broadcasts.left-hours', { hours: Math.round(ms / 3_600_000) });
}

/** `running` is either still to come or under way. */
export function stateOf({ state, startsAt }: Broadcast, now: number) {
  if (state !== 'running') return state;
  return startsAt && Date.parse(startsAt) > now ? 'scheduled' : 'sending';
}

export const stateWord = (broadcast: Broadcast, now: number): string => t(`broadcasts.${stateOf(broadcast, now)}`);
