import type { DeliveryView } from '../views.js';

/** What a person decides about one delivery. */
export interface DeliveryService {
  /**
   * Sends it again: a new try with a provider id of its own. One that is in doubt keeps its key, so that a network that
   * knows the key shows one message; one that failed is a new message there.
   */
  retry(userId: string, id: string): Promise<DeliveryView>;
  /** Takes back one that has not gone out; gives up one that failed, so that what it holds back goes on. */
  cancel(userId: string, id: string): Promise<DeliveryView>;
  /** Says what became of one in doubt. */
  resolve(userId: string, id: string, outcome: 'sent' | 'failed'): Promise<DeliveryView>;
}
