import { describe, expect, it } from 'vitest';
import { earliest, ripeAt } from './rules.js';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 28, 12);

describe('a digest', () => {
  it.each([
    ['nobody ever seen, none ever sent', undefined, undefined, 60 * minute],
    ['away', noon, undefined, noon + 30 * minute],
    ['away, the last one longer ago', noon, noon - 120 * minute, noon + 30 * minute],
    ['away, the last one just sent', noon - 90 * minute, noon - minute, noon + 59 * minute],
  ])('%s', (_, lastSeenAt, lastSentAt, at) =>
    expect(earliest({ awayMinutes: 30, everyMinutes: 60 }, { lastSeenAt, lastSentAt })).toBe(at),
  );

  it('waits until the oldest of what was missed is old enough', () => {
    expect(ripeAt({ awayMinutes: 30 }, [{ at: noon + minute }, { at: noon }])).toBe(noon + 30 * minute);
    expect(ripeAt({ awayMinutes: 30 }, [])).toBe(Number.POSITIVE_INFINITY);
  });
});
