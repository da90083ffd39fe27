import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Telling } from './telling';

let told: string[][];
let telling: Telling;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 16));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
  vi.stubGlobal('document', { hidden: false });
  told = [];
  telling = new Telling((topics, drawn) => {
    told.push([...topics].sort());
    drawn();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what changed several times is told once, after the next frame', () => {
  for (let n = 0; n < 5; n += 1) telling.add('t:c1');
  expect(told).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(told).toEqual([['t:c1']]);
});

test('a conversation comes first, the lists in a turn of their own', () => {
  for (const topic of ['conversations', 't:c1', 'contacts']) telling.add(topic);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([['t:c1'], ['contacts', 'conversations']]);
});

test('lists that change all the time are told a few times a second, conversations with each frame', () => {
  const counts = { lists: 0, conversation: 0 };
  telling = new Telling((topics, drawn) => {
    counts[topics.has('t:c1') ? 'conversation' : 'lists'] += 1;
    drawn();
  });
  for (let ms = 0; ms < 2000; ms += 20) {
    telling.add('conversations');
    telling.add('t:c1');
    vi.advanceTimersByTime(20);
  }
  expect(counts.lists).toBeGreaterThanOrEqual(10);
  expect(counts.lists).toBeLessThanOrEqual(16);
  expect(counts.conversation).toBeGreaterThan(40);
});

test('a conversation does not wait for lists that were told a moment ago', () => {
  telling.add('conversations');
  vi.advanceTimersByTime(20);
  telling.add('conversations');
  vi.advanceTimersByTime(20);
  telling.add('t:c1');
  vi.advanceTimersByTime(40);
  expect(told).toEqual([['conversations'], ['t:c1']]);
  vi.advanceTimersByTime(300);
  expect(told).toEqual([['conversations'], ['t:c1'], ['conversations']]);
});

test('after a turn that took long the page rests', () => {
  telling = new Telling((topics, drawn) => {
    told.push([...topics]);
    vi.advanceTimersByTime(90);
    drawn();
  });
  telling.add('t:c1');
  vi.advanceTimersByTime(20);
  telling.add('t:c2');
  vi.advanceTimersByTime(40);
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(told).toHaveLength(2);
});

test('nothing more is told before what was told is drawn, however many slices that takes', () => {
  let finish = () => {};
  telling = new Telling((topics, drawn) => {
    told.push([...topics]);
    finish = drawn;
  });
  telling.add('t:c1');
  vi.advanceTimersByTime(20);
  telling.add('t:c2');
  vi.advanceTimersByTime(500);
  expect([told, telling.isTold]).toEqual([[['t:c1']], false]);
  finish();
  vi.advanceTimersByTime(100);
  finish();
  vi.advanceTimersByTime(100);
  expect([told, telling.isTold]).toEqual([[['t:c1'], ['t:c2']], true]);
});

test('where nobody says that it is drawn, the next is told a second later', () => {
  telling = new Telling((topics) => told.push([...topics]));
  telling.add('t:c1');
  vi.advanceTimersByTime(20);
  telling.add('t:c2');
  vi.advanceTimersByTime(1100);
  expect(told).toEqual([['t:c1'], ['t:c2']]);
});

test('nothing is told in a frame, which has to be painted', () => {
  let inFrame = false;
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) =>
    setTimeout(() => {
      inFrame = true;
      draw();
      inFrame = false;
    }, 16),
  );
  telling = new Telling(() => told.push([String(inFrame)]));
  telling.add('t:c1');
  vi.advanceTimersByTime(20);
  expect(told).toEqual([['false']]);
});

test('a page that is hidden is told too, all at once', () => {
  vi.stubGlobal('document', { hidden: true });
  for (const topic of ['conversations', 't:c1']) telling.add(topic);
  vi.advanceTimersByTime(300);
  expect(told).toEqual([['t:c1'], ['conversations']]);
});

test('a page that is hidden before its next frame is told all the same', () => {
  vi.stubGlobal('requestAnimationFrame', () => 1);
  vi.stubGlobal('cancelAnimationFrame', () => {});
  telling.add('conversations');
  vi.advanceTimersByTime(1100);
  expect(told).toEqual([['conversations']]);
});

test('what cannot wait is told now, once', () => {
  telling.add('loaded');
  telling.add('conversations');
  telling.now();
  expect(told).toEqual([['loaded'], ['conversations']]);
  vi.advanceTimersByTime(1000);
  expect(told).toHaveLength(2);
});
