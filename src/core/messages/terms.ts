import { durationMs } from '../routing/duration.js';
import { sendTime } from './letter.js';
import type { SendRequest } from './request.js';

const MOST_UNDO_MS = 60_000;
const MOST_EXPIRY_MS = 7 * 86_400_000;

/** When a message is to go. `undoUntil`: it is shown now and held back until then. */
export type SendTimes = { at: number; undoUntil?: number; expiresInMs?: number };

/** What is for later can be taken back until then as it is. @throws DomainError for times beyond the limits */
export function sendTimes(
  { sendAt, undo, expiresIn }: Pick<SendRequest, 'sendAt' | 'undo' | 'expiresIn'>,
  now: number,
): SendTimes {
  const at = sendTime(sendAt, now);
  const undoMs = undo === undefined ? 0 : durationMs(undo, 'undo', MOST_UNDO_MS);
  const expiresInMs = expiresIn === undefined ? undefined : durationMs(expiresIn, 'expiresIn', MOST_EXPIRY_MS);
  return {
    at,
    ...(undoMs > 0 && at <= now ? { undoUntil: now + undoMs } : {}),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  };
}
