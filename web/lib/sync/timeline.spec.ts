import { describe, expect, test } from 'vitest';
import type { Message } from '../api/types';
import { Timeline } from './timeline';

/** What lies before a page. */
const some = { stored: true, history: null };
const none = { stored: false, history: null };

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

/** A message that was sent `second` seconds into the day. */
function said(second: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${String(second).padStart(5, '0')}`,
    conversationId: 'v',
    chatId: 'h',
    accountId: 'a',
    network: 'irc',
    direction: 'in',
    sender: { name: 'Ada' },
    text: `said at ${second}`,
    format: 'plain',
    sentAt: at(second),
    rev: second,
    attachments: [],
    reactions: [],
    ...change,
  };
}

/** A page as the server gives it: newest first. */
const page = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => said(to - index));
const secondsOf = (timeline: Timeline) =>
  timeline.items.map((item) => (Date.parse(item.sentAt) - Date.UTC(2026, 0, 1)) / 1000);

function opened(from: number, to: number, more = true): Timeline {
  const timeline = new Timeline();
  timeline.replaceLatest(page(from, to), more ? some : none);
  return timeline;
}

describe('order', () => {
  test('live messages stand by remote time, whenever they come', () => {
    const timeline = opened(1, 3, false);
    for (const second of [9, 5, 7]) timeline.put(said(second));
    expect(secondsOf(timeline)).toEqual([1, 2, 3, 5, 7, 9]);
  });

  test('of one time, the lower id stands first', () => {
    const timeline = opened(1, 1, false);
    timeline.put(said(2, { id: 'b' }));
    timeline.put(said(2, { id: 'a' }));
    expect(timeline.items.map((item) => item.id)).toEqual(['m00001', 'a', 'b']);
  });

  test('an older page goes before what is there', () => {
    const timeline = opened(11, 20);
    timeline.addOlder(page(1, 10), none);
    expect(secondsOf(timeline)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(timeline.more).toBe(false);
  });

  test('a message whose time was mended moves', () => {
    const timeline = opened(1, 5, false);
    timeline.put(said(2, { sentAt: at(4.5), rev: 50 }));
    expect(timeline.items.map((item) => item.id)).toEqual(['m00001', 'm00003', 'm00004', 'm00002', 'm00005']);
  });
});

describe('revisions', () => {
  test('a message put twice stands once', () => {
    const timeline = opened(1, 3, false);
    timeline.put(said(3));
    timeline.put(said(3));
    expect(secondsOf(timeline)).toEqual([1, 2, 3]);
  });

  test('an older revision never replaces a newer one, live or by page', () => {
    const timeline = opened(1, 3, false);
    expect(timeline.put(said(2, { text: 'edited', rev: 90 }))).toBe(true);
    expect(timeline.put(said(2, { text: 'before', rev: 89 }))).toBe(false);
    timeline.replaceLatest(page(1, 3), none);
    expect(timeline.get('m00002')?.text).toBe('edited');
  });
});

describe('windows', () => {
  test('a message older than the window waits for its page', () => {
    const timeline = opened(11, 20);
    expect(timeline.put(said(5))).toBe(false);
    expect(timeline.has('m00005')).toBe(false);
  });

  test('what came in while the newest page was on its way is kept', () => {
    const timeline = new Timeline();
    timeline.loading = 'latest';
    timeline.put(said(21));
    timeline.replaceLatest(page(11, 20), some);
    expect(secondsOf(timeline).at(-1)).toBe(21);
    expect(timeline.items).toHaveLength(11);
  });

  test('what a copy remembered and the server no longer has is dropped', () => {
    const timeline = new Timeline();
    timeline.restore([said(1), said(12, { id: 'moved away' }), said(15)]);
    timeline.loading = 'latest';
    timeline.replaceLatest(page(11, 20), some);
    expect(timeline.has('moved away')).toBe(false);
    expect(timeline.items).toHaveLength(10);
  });

  test('a stretch of the past does not take live messages, but fills its own gaps', () => {
    const timeline = opened(100, 120);
    timeline.replaceWith([said(10), said(14)], some, false);
    expect(timeline.atLatest).toBe(false);
    expect(timeline.put(said(121))).toBe(false);
    expect(timeline.put(said(12))).toBe(true);
    expect(secondsOf(timeline)).toEqual([10, 12, 14]);
  });

  test('going on towards now, what came meanwhile is at the end, and nothing is missing between', () => {
    const timeline = opened(100, 120);
    timeline.replaceWith(page(1, 10), some, false);
    timeline.loading = 'newer';
    timeline.addNewer(page(11, 15), false);
    expect([secondsOf(timeline).at(-1), timeline.atLatest]).toEqual([15, false]);
    timeline.loading = 'newer';
    expect(timeline.put(said(21))).toBe(false);
    timeline.addNewer(page(16, 20), true);
    expect(secondsOf(timeline)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect(timeline.atLatest).toBe(true);
  });

  test('where more came meanwhile than is kept, the newest is not reached yet', () => {
    const timeline = opened(100, 120);
    timeline.replaceWith(page(1, 10), some, false);
    timeline.loading = 'newer';
    for (let second = 21; second <= 400; second += 1) timeline.put(said(second));
    timeline.addNewer(page(11, 20), true);
    expect([secondsOf(timeline).at(-1), timeline.atLatest]).toEqual([20, false]);
  });

  test('reading on, the oldest are forgotten and can be had again', () => {
    const timeline = opened(5000, 5010);
    timeline.replaceWith(page(1, 1990), none, false);
    timeline.addNewer(page(1991, 2040), false);
    expect([timeline.items.length, secondsOf(timeline)[0], timeline.more]).toEqual([1800, 241, true]);
    timeline.addNewer(page(2041, 2042), true);
    expect([timeline.put(said(2043)), timeline.atLatest, secondsOf(timeline).at(-1)]).toEqual([true, true, 2043]);
  });

  test('moving the window makes pages asked for before useless', () => {
    const timeline = opened(100, 120);
    timeline.loading = 'latest';
    const { moves } = timeline;
    timeline.replaceWith([said(10)], some, false);
    expect(timeline.moves).not.toBe(moves);
    expect(timeline.loading).toBe(null);
  });
});

describe('bounds', () => {
  test('following the newest, the oldest are forgotten and can be had again', () => {
    const timeline = opened(1, 50, false);
    for (let second = 51; second <= 1000; second += 1) timeline.put(said(second));
    timeline.trim();
    expect(timeline.items).toHaveLength(300);
    expect(secondsOf(timeline).at(-1)).toBe(1000);
    expect(timeline.more).toBe(true);
    expect(timeline.has('m00001')).toBe(false);
  });

  test('reading back, nothing is forgotten from above; past the limit the newest make room', () => {
    const timeline = opened(3001, 3050);
    for (let last = 3000; last > 900; last -= 50) timeline.addOlder(page(last - 49, last), some);
    expect(timeline.items).toHaveLength(2000);
    expect(timeline.atLatest).toBe(false);
    timeline.trim();
    expect(timeline.items).toHaveLength(2000);
  });

  test('a flood while reading back ends the window instead of growing it', () => {
    const timeline = opened(1, 50, false);
    for (let second = 51; second <= 5000; second += 1) timeline.put(said(second));
    expect(timeline.items).toHaveLength(2000);
    expect(timeline.atLatest).toBe(false);
  });
});

test('a removed message is gone', () => {
  const timeline = opened(1, 3, false);
  timeline.remove('m00002');
  expect(secondsOf(timeline)).toEqual([1, 3]);
  expect(timeline.has('m00002')).toBe(false);
});

describe('the past a network has', () => {
  test('goes on where the store ends, until the network says that it began there', () => {
    const timeline = opened(11, 20, false);
    timeline.addOlder(page(6, 10), { stored: false, history: 'more' });
    expect(timeline.more).toBe(true);
    timeline.addOlder(page(1, 5), { stored: false, history: 'end' });
    expect([timeline.more, timeline.history]).toEqual([false, 'end']);
  });

  test('is not asked for without end while nothing comes', () => {
    const timeline = opened(11, 20, false);
    for (let turn = 1; turn <= 3; turn += 1) timeline.addOlder([], { stored: false, history: 'more' });
    expect(timeline.fruitless).toBe(3);
    timeline.askAgain();
    expect(timeline.fruitless).toBe(0);
  });

  test('is asked for again once the network is back; what comes live meanwhile leaves no gap', () => {
    const timeline = opened(11, 20, false);
    timeline.addOlder([], { stored: false, history: 'unavailable' });
    expect(timeline.more).toBe(false);
    expect(timeline.put(said(3))).toBe(false);
    timeline.askAgain();
    expect(timeline.more).toBe(true);
  });
});
