import { expect, test } from 'vitest';
import { standing, type Tally, total } from './standing.js';

test.each<[string, Tally, ReturnType<typeof standing>]>([
  ['nobody', {}, undefined],
  ['one has read it', { read: 1 }, 'read'],
  ['one of nine has read it', { read: 1, delivered: 8 }, 'delivered'],
  ['one of nine has it, the others are only sent', { delivered: 1, sent: 8 }, 'sent'],
  ['one waits', { read: 8, queued: 1 }, 'queued'],
  ['one is on its way', { sent: 3, sending: 1 }, 'sending'],
  ['one is in doubt', { read: 3, unknown: 1 }, 'unknown'],
  ['one waits and one is in doubt', { queued: 1, unknown: 1 }, 'queued'],
  ['it failed with some', { read: 7, failed: 2 }, 'read'],
  ['it failed with one, another waits', { failed: 1, queued: 1 }, 'queued'],
  ['it failed with all', { failed: 3 }, 'failed'],
  ['it failed or was cancelled', { failed: 1, cancelled: 2 }, 'failed'],
  ['all were cancelled', { cancelled: 2 }, 'cancelled'],
  ['a count of none says nothing', { queued: 0, sent: 1 }, 'sent'],
])('%s', (_name, tally, expected) => {
  expect(standing(tally)).toBe(expected);
});

test('counts people', () => {
  expect(total({ read: 2, failed: 1 })).toBe(3);
  expect(total({})).toBe(0);
});
