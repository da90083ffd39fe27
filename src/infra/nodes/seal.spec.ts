import { afterEach, expect, test, vi } from 'vitest';
import { NodeSeal } from './seal.js';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
afterEach(() => vi.useRealTimers());

test('proves the very request it was made for, to whoever has the key', () => {
  const seal = new NodeSeal([key]).seal('GET', '/api/v1/sync?since=1');
  expect(new NodeSeal([key]).proves(seal, 'GET', '/api/v1/sync?since=1')).toBe(true);
  expect(new NodeSeal([key]).proves(seal, 'POST', '/api/v1/sync?since=1')).toBe(false);
  expect(new NodeSeal([key]).proves(seal, 'GET', '/api/v1/sync?since=2')).toBe(false);
  expect(new NodeSeal([other]).proves(seal, 'GET', '/api/v1/sync?since=1')).toBe(false);
});

test('while the key is being changed both are good', () => {
  const seal = new NodeSeal([other, key]).seal('GET', '/');
  expect(new NodeSeal([key, other]).proves(seal, 'GET', '/')).toBe(true);
});

test('is good for half a minute', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  const seals = new NodeSeal([key]);
  const seal = seals.seal('GET', '/');
  vi.advanceTimersByTime(29_000);
  expect(seals.proves(seal, 'GET', '/')).toBe(true);
  vi.advanceTimersByTime(2_000);
  expect(seals.proves(seal, 'GET', '/')).toBe(false);
});

test.each([undefined, '', 'x', ['a', 'b'], `${'1'.repeat(13)}.short`, `.${'a'.repeat(43)}`])(
  '%j proves nothing',
  (seal) => {
    expect(new NodeSeal([key]).proves(seal, 'GET', '/')).toBe(false);
  },
);
