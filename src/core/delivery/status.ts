import type { DeliveryStatus } from '../views.js';

/** How far along each status is; a message is as far as its furthest delivery. */
const PROGRESS: DeliveryStatus[] = ['cancelled', 'failed', 'unknown', 'queued', 'sending', 'sent', 'delivered', 'read'];

export function furthest(statuses: readonly DeliveryStatus[]): DeliveryStatus | undefined {
  return statuses.reduce<DeliveryStatus | undefined>(
    (best, status) => (best === undefined || PROGRESS.indexOf(status) > PROGRESS.indexOf(best) ? status : best),
    undefined,
  );
}

/** True once `status` shows at least `proof`. */
export function proves(status: DeliveryStatus, proof: 'sent' | 'delivered' | 'read'): boolean {
  return PROGRESS.indexOf(status) >= PROGRESS.indexOf(proof);
}
