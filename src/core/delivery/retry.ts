import { AdapterError } from '../../sdk/index.js';
import { errorText } from '../log.js';
import { POISON_TRIES, Unready } from './poison.js';

export type Outcome = {
  reason: string;
  /** Wire messages that went out all the same. */
  parts?: number;
} & (
  | {
      is: 'retry';
      afterMs: number;
      /** It may have gone out: only a repeat under the same key, by the same account, is safe. */
      doubtful?: true;
    }
  /** `poison`: by a fault of ours; it is kept apart for its user to see. */
  | { is: 'failed'; poison?: true }
  | { is: 'unknown' }
);

const FIRST_MS = 2_000;
const LONGEST_MS = 10 * 60_000;

/** What a failed try leads to. Doubtful sends are repeated only where a repeat shows one message. */
export function outcomeOf(error: unknown, tries: number, idempotent: boolean): Outcome {
  const parts = error instanceof AdapterError && error.partsSent > 0 ? { parts: error.partsSent } : {};
  const said = { reason: errorText(error), ...parts };
  if (error instanceof Unready)
    return tries < POISON_TRIES
      ? { is: 'retry', ...said, afterMs: backoffMs(tries) }
      : { is: 'failed', ...said, poison: true };
  const kind = error instanceof AdapterError ? error.kind : 'unknown-outcome';
  const asked = error instanceof AdapterError ? error.retryAfterMs : undefined;
  switch (kind) {
    case 'rejected':
      return { is: 'failed', ...said };
    case 'auth':
    case 'temporary':
    case 'rate-limited':
      return { is: 'retry', ...said, afterMs: Math.max(asked ?? 0, backoffMs(tries)) };
    case 'unknown-outcome':
      return idempotent
        ? { is: 'retry', ...said, afterMs: backoffMs(tries), doubtful: true }
        : { is: 'unknown', ...said };
  }
}

/** 2 s, doubled each try, to 10 min; half of it by chance, so that many do not come at once. */
export function backoffMs(tries: number, chance = Math.random()): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(0, tries - 1), LONGEST_MS);
  return Math.round(full / 2 + (full / 2) * chance);
}
