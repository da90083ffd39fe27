import { expect, test } from 'vitest';
import { type Fold, roomIn } from './room';

test.each<[number, number, Fold, boolean, number, number]>([
  [390, 1, null, false, 1, 1],
  [390, 3, 'folded', false, 1, 1],
  [768, 1, null, false, 1, 2],
  [768, 2, null, true, 2, 2],
  [768, 2, 'unfolded', false, 1, 2],
  [1024, 2, null, true, 2, 2],
  [1024, 2, 'unfolded', false, 2, 2],
  [1280, 1, null, false, 2, 3],
  [1280, 2, null, false, 2, 3],
  [1280, 2, 'folded', true, 3, 3],
  [1920, 3, null, false, 4, 4],
  [3840, 4, null, false, 4, 4],
])('%i pixels, %i open, list %s: folded %s, room for %i, at most %i', (width, open, fold, folded, room, most) => {
  expect(roomIn(width, open, fold)).toEqual({ folded, room, most });
});
