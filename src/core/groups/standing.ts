import { furthest } from '../delivery/status.js';
import type { DeliveryStatus } from '../views.js';

/** Of several people: who is behind whom. What may have been sent is behind what was. */
const BEHIND: DeliveryStatus[] = ['queued', 'sending', 'unknown', 'sent', 'delivered', 'read'];

export type Tally = Partial<Record<DeliveryStatus, number>>;

/**
 * Where a message to several people stands: with the one it is least far with. Who will not get it any more says nothing
 * of the others, and counts only where nobody else is left.
 */
export function standing(tally: Tally): DeliveryStatus | undefined {
  const there = (status: DeliveryStatus) => (tally[status] ?? 0) > 0;
  const ended: DeliveryStatus[] = ['failed', 'cancelled'];
  return BEHIND.find(there) ?? furthest(ended.filter(there));
}

export const total = (tally: Tally): number => Object.values(tally).reduce((sum, count) => sum + count, 0);
