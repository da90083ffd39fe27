import type { Message } from '../../lib/api/types';
import type { Pending } from '../../lib/sync/outbox';

/** What waits in this browser, without what the stream has brought back before the answer to the sending came. */
export function unseen(pending: Pending[], items: Message[]): Pending[] {
  const taken = new Set<string>();
  return pending.filter((item) => {
    if (item.state === 'failed') return true;
    const echo = items.findLast(
      (message) =>
        message.direction === 'out' &&
        !taken.has(message.id) &&
        message.text === item.body.text &&
        (item.after === null || message.sentAt > item.after),
    );
    if (echo) taken.add(echo.id);
    return !echo;
  });
}
