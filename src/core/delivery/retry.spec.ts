import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../sdk/index.js';
import { backoffMs, outcomeOf } from './retry.js';

describe('outcomeOf', () => {
  it('repeats a doubtful send only where that shows one message', () => {
    const doubtful = new AdapterError('unknown-outcome', 'cut');
    expect(outcomeOf(doubtful, 1, false)).toEqual({ is: 'unknown', reason: 'cut' });
    expect(outcomeOf(doubtful, 1, true).is).toBe('retry');
    expect(outcomeOf(new Error('a bug'), 1, false).is).toBe('unknown');
  });

  it('fails for good on a refusal and obeys retry-after', () => {
    expect(outcomeOf(new AdapterError('rejected', 'no such nick'), 1, true)).toEqual({
      is: 'failed',
      reason: 'no such nick',
    });
    const later = outcomeOf(new AdapterError('rate-limited', 'slow down', { retryAfterMs: 90_000 }), 1, false);
    expect(later).toEqual({ is: 'retry', reason: 'slow down', afterMs: 90_000 });
  });
});

it('backs off within its bounds', () => {
  expect(backoffMs(1, 0)).toBe(1000);
  expect(backoffMs(1, 1)).toBe(2000);
  expect(backoffMs(50, 1)).toBe(600_000);
});
