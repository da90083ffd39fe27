import type { BroadcastProgress } from '../views.js';

export const NOTHING: BroadcastProgress = {
  waiting: 0,
  problem: 0,
  queued: 0,
  sending: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  unknown: 0,
  cancelled: 0,
};

export const progressOf = (counts: Partial<BroadcastProgress>): BroadcastProgress => ({ ...NOTHING, ...counts });

/** People for whom something is still done. */
export const open = ({ waiting, queued, sending }: BroadcastProgress): number => waiting + queued + sending;

/**
 * The order in which people are written to: those who stand together in the list, maybe all on one slow channel, are
 * spread over the whole. Each place from 0 to `total` - 1 comes once.
 */
export function spreadOver(total: number): number[] {
  const coprime = (step: number): boolean => {
    let [a, b] = [total, step];
    while (b !== 0) [a, b] = [b, a % b];
    return a === 1;
  };
  let step = Math.max(1, Math.round(total * 0.618));
  while (!coprime(step)) step += 1;
  return Array.from({ length: total }, (_, index) => (index * step) % total);
}
