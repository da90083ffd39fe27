import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change, Frame, Message } from '../api/types';
import { Intake } from './intake';
import { store } from './store';

const message = (id: string, conversationId: string, rev: number): Message => ({
  ...{ id, conversationId, rev, text: id, chatId: 'h1', accountId: 'a1', network: 'irc' },
  ...{ direction: 'in', sender: { name: 'Ada' }, format: 'plain', attachments: [], reactions: [] },
  sentAt: new Date(rev * 1000).toISOString(),
});
const change = (value: Message): Change => ({ kind: 'message', id: value.id, rev: value.rev, value });
const frame = (from: number, count: number, conversationId = 'c1'): Frame => ({
  type: 'changes',
  changes: Array.from({ length: count }, (_, n) => change(message(`m${from + n}`, conversationId, from + n))),
  rev: from + count - 1,
});
const ids = (id = 'c1') => store.timelines.get(id)?.items.map((one) => one.id) ?? [];
const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `m${from + n}`);

let intake: Intake;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 16));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
  store.clear();
  store.shown.clear();
  vi.advanceTimersByTime(1000);
  for (const id of ['c1', 'c2']) store.timeline(id).replaceLatest([], { stored: false, history: null });
  intake = new Intake();
});
afterEach(() => {
  vi.restoreAllMocks();
  store.clear();
  store.shown.clear();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a few news are taken at once', () => {
  store.shown.add('c1');
  intake.take(frame(1, 3));
  expect(ids()).toEqual(names(1, 3));
  expect(store.rev).toBe(3);
});

test('many for what is in view are drawn bit by bit, none left out, in order; the revision is reached at the end', () => {
  store.shown.add('c1');
  let most = 0;
  let drawn = 0;
  const stop = store.subscribe('t:c1', () => {
    most = Math.max(most, ids().length - drawn);
    drawn = ids().length;
  });
  intake.take(frame(1, 40));
  intake.take(frame(41, 10));
  expect(ids().length).toBeLessThan(40);
  expect(store.rev).toBe(0);
  vi.advanceTimersByTime(2000);
  stop();
  expect(ids()).toEqual(names(1, 50));
  expect(store.rev).toBe(50);
  expect(most).toBeLessThanOrEqual(12);
});

test('of few that wait as many are drawn in a turn as the page draws quickly', () => {
  const heldUp = vi.spyOn(store, 'heldUpMs', 'get');
  const mostOf = (from: number, heldUpMs: number) => {
    heldUp.mockReturnValue(heldUpMs);
    let most = 0;
    let drawn = ids().length;
    const stop = store.subscribe('t:c1', () => {
      most = Math.max(most, ids().length - drawn);
      drawn = ids().length;
    });
    intake.take(frame(from, 20));
    vi.advanceTimersByTime(2000);
    stop();
    return most;
  };
  store.shown.add('c1');
  expect(mostOf(1, 70)).toBe(4);
  expect(mostOf(21, 20)).toBeGreaterThan(4);
  expect(mostOf(41, 120)).toBeLessThanOrEqual(7);
  expect(mostOf(61, 120)).toBe(4);
  expect(ids()).toEqual(names(1, 80));
});

test('what nobody sees is taken at once', () => {
  intake.take(frame(1, 200));
  expect(ids()).toHaveLength(200);
  expect(store.rev).toBe(200);
});

test('so is all of it while nobody sees the page', () => {
  vi.stubGlobal('document', { hidden: true });
  store.shown.add('c1');
  intake.take(frame(1, 60));
  expect(store.rev).toBe(60);
});

test('what comes later waits for what came before', () => {
  store.shown.add('c1');
  intake.take(frame(1, 30));
  intake.take({ type: 'typing', conversationId: 'c1', buddyId: 'b1', name: 'Ada', on: true });
  intake.take(frame(31, 1, 'c2'));
  expect(store.typing.size).toBe(0);
  expect(ids('c2')).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(store.typing.get('c1')?.has('b1')).toBe(true);
  expect(ids('c2')).toEqual(['m31']);
});

test('what was given up can be taken again', () => {
  store.shown.add('c1');
  intake.take(frame(1, 30));
  intake.clear();
  vi.advanceTimersByTime(2000);
  expect(ids()).toEqual(names(1, ids().length));
  expect(store.rev).toBe(0);
  intake.take(frame(1, 30));
  vi.advanceTimersByTime(2000);
  expect(ids()).toEqual(names(1, 30));
  expect(store.rev).toBe(30);
});
