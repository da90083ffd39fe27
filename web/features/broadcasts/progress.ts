import type { Broadcast } from '../../lib/api/types';
import { statusText } from '../../ui/delivery-mark';

export type Standing = keyof Broadcast['progress'];

export function standingWord(standing: Standing): string {
  if (standing === 'waiting') return 'Waiting';
  if (standing === 'problem') return 'Cannot be reached';
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
  if (ms < 60_000) return 'less than a minute left';
  if (ms < 5_400_000) return `about ${Math.round(ms / 60_000)} min left`;
  return `about ${Math.round(ms / 3_600_000)} h left`;
}

export function stateWord({ state, startsAt }: Broadcast, now: number): string {
  if (state === 'running') return startsAt && Date.parse(startsAt) > now ? 'Scheduled' : 'Sending';
  return { paused: 'Paused', cancelled: 'Cancelled', done: 'Done' }[state];
}
