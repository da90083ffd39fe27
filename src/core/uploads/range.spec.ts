import { expect, test } from 'vitest';
import { partOf } from './range.js';

test.each([
  [undefined, undefined],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-1000', { start: 90, end: 99 }],
  ['bytes=-5', { start: 95, end: 99 }],
  ['bytes=-500', { start: 0, end: 99 }],
  ['bytes=100-', 'outside'],
  ['bytes=-0', 'outside'],
  ['bytes=9-3', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,5-6', undefined],
  ['lines=0-1', undefined],
])('of 100 bytes, %s is %o', (header, part) => {
  expect(partOf(header, 100)).toEqual(part);
});

test('nothing is outside of all but the beginning', () => {
  expect(partOf('bytes=0-', 0)).toBe('outside');
  expect(partOf('bytes=-1', 0)).toBe('outside');
});
