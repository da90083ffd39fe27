import { DomainError } from '../errors.js';
import { durationMs } from '../routing/plan.js';
import type { SendRequest } from '../services.js';
import { sendTime } from './letter.js';

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
  const undoMs = undo === undefined ? 0 : within('undo', undo, MOST_UNDO_MS, 'PT60S');
  const expiresInMs = expiresIn === undefined ? undefined : within('expiresIn', expiresIn, MOST_EXPIRY_MS, 'P7D');
  return {
    at,
    ...(undoMs > 0 && at <= now ? { undoUntil: now + undoMs } : {}),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  };
}

function within(field: string, duration: string, most: number, most8601: string): number {
  const ms = msOf(duration);
  if (ms !== undefined && ms <= most) return ms;
  throw new DomainError('invalid', 'invalid-duration', `"${field}" must be more than nothing and at most ${most8601}.`, {
    fields: { [field]: `must be an ISO 8601 duration up to ${most8601}` },
  });
}

function msOf(duration: string): number | undefined {
  try {
    return durationMs(duration);
  } catch {
    return undefined;
  }
}
