import { expect, test } from 'vitest';
import { inView, place, type Section, spotsOf, stepFrom } from './layout';

type Row = { key: string; tall?: boolean };

const section = (key: string, rows: Row[], more: Partial<Section<Row>> = {}): Section<Row> => ({
  ...{ key, title: key, count: rows.length, open: true, rows },
  ...more,
});
const heights = { head: 30, of: (row: Row) => (row.tall ? 60 : 40) };
const list = place(
  [
    section('top', [{ key: 'a' }, { key: 'b', tall: true }, { key: 'c' }], { title: null }),
    section('shut', [{ key: 'x' }], { open: false }),
    section(
      'many',
      Array.from({ length: 10_000 }, (_, n) => ({ key: `m${n}` })),
    ),
  ],
  heights,
);
const [top, shut, many] = list.placed;

test('sections stand below each other; without a title there is no heading, shut there are no rows', () => {
  expect(top).toMatchObject({ top: 0, height: 140, tops: [0, 40, 100] });
  expect(shut).toMatchObject({ top: 140, height: 30, tops: [], count: 1 });
  expect(many).toMatchObject({ top: 170, height: 30 + 400_000 });
  expect(list.height).toBe(400_200);
});

test.each([
  [0, 40, { from: 0, to: 1 }],
  [39, 41, { from: 0, to: 2 }],
  [40, 100, { from: 1, to: 2 }],
  [41, 101, { from: 1, to: 3 }],
  [130, 500, { from: 2, to: 3 }],
  [140, 500, { from: 0, to: 0 }],
])('between %i and %i the first section shows %j', (from, to, rows) => {
  expect(inView(top!, from, to)).toEqual(rows);
});

test('far down only what is in view is shown', () => {
  expect(inView(many!, 200_000, 200_400)).toEqual({ from: 4995, to: 5005 });
  expect(inView(many!, 170, 190)).toEqual({ from: 0, to: 0 });
});

test('keys stop at headings and rows', () => {
  const spots = spotsOf(list.placed.slice(0, 2));
  expect(spots.map(({ key, top: from, height }) => [key, from, height])).toEqual([
    ['a', 0, 40],
    ['b', 40, 60],
    ['c', 100, 40],
    ['head shut', 140, 30],
  ]);
});

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 9, 9],
  ['ArrowUp', 0, 0],
  ['PageDown', 3, 7],
  ['PageUp', 3, 0],
  ['Home', 5, 0],
  ['End', 5, 9],
  ['ArrowDown', -1, 0],
  ['Tab', 5, null],
])('%s at %i leads to %j', (key, at, to) => {
  expect(stepFrom(key, at, 10, 4)).toBe(to);
});
