import { expect, it } from 'vitest';
import { localOf, quickTimes } from './when';

const at = (text: string) => new Date(text).getTime();

it.each([
  ['a Wednesday', '2026-11-25T15:20:40', ['2026-11-25T16:20', '2026-11-26T09:00', '2026-11-30T09:00']],
  ['a Sunday, when tomorrow is Monday', '2026-11-29T15:20:00', ['2026-11-29T16:20', '2026-11-30T09:00']],
  ['a Monday', '2026-11-30T08:00:00', ['2026-11-30T09:00', '2026-12-01T09:00', '2026-12-07T09:00']],
  ['the last day of a year', '2026-12-31T23:30:00', ['2027-01-01T00:30', '2027-01-01T09:00', '2027-01-04T09:00']],
])('%s', (_, now, wanted) => {
  expect(quickTimes(at(now)).map((one) => localOf(one.at))).toEqual(wanted);
});
