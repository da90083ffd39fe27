import { expect, test } from 'vitest';
import { timeZone } from './time-zone.js';

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  [' Asia/Tokyo ', 'Asia/Tokyo'],
  ['+05:30', '+05:30'],
  ['-08:00', '-08:00'],
  ['Z', 'UTC'],
  ['UTC', 'UTC'],
  ['', undefined],
  ['Middle/Earth', undefined],
  ['+99:00', undefined],
  ['x'.repeat(65), undefined],
])('%j is the zone %j', (text, zone) => {
  expect(timeZone(text)).toBe(zone);
});
