import { expect, test } from 'vitest';
import { waveformOf } from './waveform';

test.each([
  [[], 4, []],
  [[0, 0, 0, 0], 2, [0, 0]],
  [[0.1, 0.5, 0.25, 0], 2, [100, 50]],
  [[-1, 0.5], 2, [100, 50]],
  [[0.2], 8, [100]],
  [[1, 1, 1, 1, 1, 0.5, 0.5], 3, [100, 100, 100]],
])('of %o, %i bars are %o', (levels, count, drawn) => {
  expect(waveformOf(levels, count)).toEqual(drawn);
});
