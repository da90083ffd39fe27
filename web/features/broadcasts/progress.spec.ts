import { beforeAll, describe, expect, test } from 'vitest';
import type { Broadcast } from '../../lib/api/types';
import { loadAllTexts } from '../../lib/i18n';
import { leftMs, leftText, settled, standings, stateWord } from './progress';

beforeAll(loadAllTexts);

const none = {
  waiting: 0,
  problem: 0,
  queued: 0,
  sending: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  unknown: 0,
  cancelled: 0,
};
const broadcast = (more: Partial<Broadcast>): Broadcast => ({
  id: 'b1',
  name: 'Regatta',
  text: 'Saturday at ten',
  state: 'running',
  total: 10,
  progress: none,
  createdAt: '2026-01-01T00:00:00.000Z',
  startsAt: null,
  finishedAt: null,
  rev: 1,
  ...more,
});

test('every count has its place in the bar', () => {
  expect([...standings].sort()).toEqual(Object.keys(none).sort());
});

test('who waits or is on the way is not settled', () => {
  const progress = { ...none, waiting: 3, queued: 1, sending: 1, sent: 2, failed: 1, problem: 2 };
  expect(settled(broadcast({ progress }))).toBe(5);
});

describe('the time that is left', () => {
  test.each<[string, [number, number][], number | null]>([
    ['nothing seen yet', [], null],
    ['one look', [[0, 10]], null],
    [
      'too short to tell',
      [
        [0, 0],
        [1000, 50],
      ],
      null,
    ],
    [
      'it stands still',
      [
        [0, 10],
        [10_000, 10],
      ],
      null,
    ],
    [
      'ten a second, half is done',
      [
        [0, 400],
        [10_000, 500],
      ],
      50_000,
    ],
  ])('%s', (_name, looks, ms) => {
    expect(
      leftMs(
        looks.map(([at, count]) => ({ at, settled: count })),
        1000,
      ),
    ).toBe(ms);
  });

  test.each([
    [20_000, 'less than a minute left'],
    [200_000, 'about 3 min left'],
    [7_200_000, 'about 2 h left'],
  ])('%i ms: %s', (ms, text) => {
    expect(leftText(ms)).toBe(text);
  });
});

test.each<[Partial<Broadcast>, string]>([
  [{}, 'Sending'],
  [{ startsAt: '2026-01-01T00:00:10.000Z' }, 'Scheduled'],
  [{ startsAt: '2025-12-31T00:00:00.000Z' }, 'Sending'],
  [{ state: 'paused' }, 'Paused'],
  [{ state: 'done' }, 'Done'],
  [{ state: 'cancelled' }, 'Cancelled'],
])('%j is %s', (more, word) => {
  expect(stateWord(broadcast(more), Date.parse('2026-01-01T00:00:00.000Z'))).toBe(word);
});
