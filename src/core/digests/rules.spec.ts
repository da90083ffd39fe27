import { describe, expect, it } from 'vitest';
import { earliest, isQuiet, ripeAt } from './rules.js';

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

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  const lunch = { from: '12:00', to: '13:30', zone: 'America/New_York' };
  const at = (time: string) => Date.parse(`2026-${time}Z`);
  it.each([
    ['before midnight', night, at('11-28T21:00'), true],
    ['after midnight', night, at('11-29T05:59'), true],
    ['their end', night, at('11-29T06:00'), false],
    ['before their beginning', night, at('11-28T20:59'), false],
    ['in summer time', night, at('07-01T20:00'), true],
    ['by day', lunch, at('11-28T17:00'), true],
    ['by day, their end', lunch, at('11-28T18:30'), false],
    ['from a time to the same', { ...night, from: '08:00', to: '08:00' }, at('11-28T07:00'), false],
  ])('%s', (_, quiet, now, is) => expect(isQuiet(quiet, now)).toBe(is));
});
