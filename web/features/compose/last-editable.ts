import type { Message } from '../../lib/api/types';
import type { Way } from './ways';

/** How far back one goes for what was said last. */
const within = 30;

/** The newest message of one's own, where its network lets it be edited. */
export function lastEditable(messages: readonly Message[], ways: readonly Way[]): Message | undefined {
  const last = messages
    .slice(-within)
    .findLast(({ direction, deletedAt, relayed }) => direction === 'out' && !deletedAt && !relayed);
  const can = ways.find((way) => way.account.id === last?.accountId)?.can.edits;
  return last && last.text !== '' && last.status !== 'cancelled' && can ? last : undefined;
}
