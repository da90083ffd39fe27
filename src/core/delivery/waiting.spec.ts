import { describe, expect, it } from 'vitest';
import { type Moved, move, type Waiting } from './waiting.js';

const now = 1_000_000;
const table: [string, Waiting, number, Moved][] = [
  [
    'scheduled, put off',
    { sentAt: now + 60_000, undoUntil: undefined },
    now + 90_000,
    { sentAt: now + 90_000, byMs: 30_000, becomes: undefined },
  ],
  [
    'scheduled, earlier',
    { sentAt: now + 60_000, undoUntil: undefined },
    now + 10_000,
    { sentAt: now + 10_000, byMs: -50_000, becomes: undefined },
  ],
  [
    'scheduled, now',
    { sentAt: now + 60_000, undoUntil: undefined },
    now,
    { sentAt: now, byMs: -60_000, becomes: 'current' },
  ],
  [
    'scheduled, a time that has passed',
    { sentAt: now + 60_000, undoUntil: undefined },
    now - 5_000,
    { sentAt: now, byMs: -60_000, becomes: 'current' },
  ],
  [
    'held back, now: it stays where it was written',
    { sentAt: now - 2_000, undoUntil: now + 8_000 },
    now,
    { sentAt: now - 2_000, byMs: -8_000, becomes: undefined },
  ],
  [
    'held back, later: it is scheduled',
    { sentAt: now - 2_000, undoUntil: now + 8_000 },
    now + 60_000,
    { sentAt: now + 60_000, byMs: 52_000, becomes: 'scheduled' },
  ],
  [
    'due already, now: nothing moves',
    { sentAt: now - 60_000, undoUntil: undefined },
    now,
    { sentAt: now - 60_000, byMs: 0, becomes: undefined },
  ],
  [
    'due already, later',
    { sentAt: now - 60_000, undoUntil: undefined },
    now + 60_000,
    { sentAt: now + 60_000, byMs: 120_000, becomes: 'scheduled' },
  ],
];

describe('move', () => {
  it.each(table)('%s', (_, waiting, to, moved) => expect(move(waiting, to, now)).toEqual(moved));
});
