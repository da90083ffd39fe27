import { describe, expect, test } from 'vitest';
import { dayOf, startOf, usual } from './moments';

const days = (now: Date) => Object.fromEntries(usual(now).map(({ name, to }) => [name, dayOf(new Date(to))]));

describe('moments to go back to', () => {
  test('a day is the local one, and begins at its midnight', () => {
    expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
    expect(startOf('2026-01-05')).toBe(new Date(2026, 0, 5).toISOString());
  });

  test.each(['', '2026-02-30', '2026-1-5', 'today'])('%j is no day', (given) => expect(startOf(given)).toBeNull());

  test('the usual ones are days of the calendar', () => {
    expect(days(new Date(2026, 2, 1, 12))).toMatchObject({
      yesterday: '2026-02-28',
      week: '2026-02-22',
      month: '2026-02-01',
      year: '2025-03-01',
    });
  });

  test('a shorter month gives its last day', () => {
    expect(days(new Date(2026, 4, 31)).month).toBe('2026-04-30');
    expect(days(new Date(2028, 1, 29)).year).toBe('2027-02-28');
  });
});
