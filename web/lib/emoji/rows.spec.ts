import { expect, it } from 'vitest';
import { type Move, moved, rowAt, rowsOf } from './rows';

// a b c | d      under one heading, then e f
const rows = rowsOf(
  [
    { key: 'one', title: 'One', items: ['a', 'b', 'c', 'd'] },
    { key: 'none', title: 'None', items: [] },
    { key: 'two', title: 'Two', items: ['e', 'f'] },
  ],
  3,
);

it('a heading stands over the rows of its section, and none over nothing', () => {
  expect(rows.map((row) => (row.is === 'head' ? row.title : row.items.join('')))).toEqual([
    'One',
    'abc',
    'd',
    'Two',
    'ef',
  ]);
  expect(rowAt(rows, 3)).toBe(2);
});

it.each<[Move, number, number]>([
  ['next', 3, 4],
  ['next', 5, 5],
  ['previous', 0, 0],
  ['down', 1, 3],
  ['down', 3, 4],
  ['down', 5, 5],
  ['up', 5, 3],
  ['up', 0, 0],
  ['page-down', 0, 4],
  ['page-up', 5, 1],
  ['first', 4, 0],
  ['last', 0, 5],
])('%s from %i leads to %i', (move, from, wanted) => {
  expect(moved(rows, from, move)).toBe(wanted);
});

it('in nothing there is no moving', () => {
  expect(moved([], 0, 'down')).toBe(0);
});
