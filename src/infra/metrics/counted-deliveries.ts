import type { Claim } from '../../core/delivery/queue.js';
import type { Outcome } from '../../core/delivery/retry.js';
import type { Sent } from '../../sdk/index.js';
import { PgDeliveryStore } from '../database/deliveries/store.js';

/** Tells what came of each attempt, once it is stored and unless a newer one has taken over. */
export class CountedDeliveries extends PgDeliveryStore {
  onOutcome: (accountId: string, outcome: 'sent' | Outcome['is']) => void = () => {};

  override async sent(claim: Claim, sent: Sent): Promise<boolean> {
    const counts = await super.sent(claim, sent);
    if (counts) this.onOutcome(claim.accountId, 'sent');
    return counts;
  }

  override async notSent(claim: Claim, outcome: Outcome): Promise<boolean> {
    const counts = await super.notSent(claim, outcome);
    if (counts) this.onOutcome(claim.accountId, outcome.is);
    return counts;
  }
}
