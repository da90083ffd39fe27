import { expect, test, vi } from 'vitest';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import type { Change } from '../sync/change.js';
import { type CallWebhook, Dispatcher, type WebhookCall } from './dispatcher.js';
import type { Webhook, WebhookStore } from './store.js';

type Told = { call: WebhookCall; signal: AbortSignal; answer: (refused?: string) => void };

/** A dispatcher over changes in memory; each call waits until the test answers it. */
function world() {
  const clock = new FakeClock();
  const log: Change[] = [];
  const kept: Webhook[] = [];
  const calls: Told[] = [];
  const store: WebhookStore = {
    create: () => Promise.reject(new Error('not here')),
    list: async () => ({ items: [], nextCursor: null }),
    remove: async () => true,
    all: async () => kept,
    behind: async () => kept.filter(({ sentRev }) => sentRev < log.length).map(({ id }) => id),
    moved: vi.fn(async () => {}),
    failed: vi.fn(async () => {}),
  };
  const call: CallWebhook = (made, signal) =>
    new Promise((resolve) => {
      calls.push({ call: made, signal, answer: resolve });
      signal.addEventListener('abort', () => resolve('broken off'));
    });
  const since = async (_userId: string, from: number, limit: number) => {
    const changes = log.slice(from, from + limit);
    return { changes, rev: from + changes.length, more: from + changes.length < log.length };
  };
  const silent = { debug: () => {}, info: () => {}, warn: vi.fn() };
  const dispatcher = new Dispatcher(store, { since }, call, clock, silent);
  const write = (kind: 'message' | 'contact', id: string) => {
    const change: Change = { kind, id, rev: log.length + 1, value: null };
    log.push(change);
    dispatcher.ring('ann');
  };
  return { clock, kept, calls, store, dispatcher, write };
}

const hook = (id: string, userId = 'ann'): Webhook => ({
  ...{ id, userId, url: 'https://example.org/', events: ['message'], secret: 's', sentRev: 0, failures: 0 },
});
const idsIn = ({ call }: Told) => (JSON.parse(call.body) as { changes: Change[] }).changes.map(({ id }) => id);
/** Lets everything that only waits for promises happen. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

test('one call at a time, what comes meanwhile goes with the next, and the place moves only after a 2xx', async () => {
  const { dispatcher, write, calls, store } = world();
  dispatcher.add(hook('w'));
  write('message', 'a');
  await settle();
  write('message', 'b');
  write('contact', 'c');
  write('message', 'd');
  await settle();
  expect(calls.map(idsIn)).toEqual([['a']]);
  expect(store.moved).not.toHaveBeenCalled();
  calls[0]?.answer();
  await settle();
  expect(store.moved).toHaveBeenLastCalledWith('w', 1, true);
  expect(calls.map(idsIn)).toEqual([['a'], ['b', 'd']]);
  expect(JSON.parse(calls[1]!.call.body)).toMatchObject({ id: 'w:2-4', rev: 4 });
  calls[1]?.answer();
  await settle();
  write('contact', 'e');
  await settle();
  expect(store.moved).toHaveBeenLastCalledWith('w', 5, false);
  expect(calls).toHaveLength(2);
});

test('after a failure it waits, longer each time up to ten minutes, and tries for ever', async () => {
  const { dispatcher, write, calls, store, clock } = world();
  dispatcher.add(hook('w'));
  write('message', 'a');
  await settle();
  for (let failure = 1; failure <= 14; failure += 1) {
    const before = calls.length;
    calls.at(-1)?.answer('it answered 500');
    await settle();
    expect(store.failed).toHaveBeenLastCalledWith('w', failure, 'it answered 500');
    const full = Math.min(2000 * 2 ** (failure - 1), 600_000);
    write('message', `during ${failure}`);
    clock.advance(full / 2 - 1);
    await settle();
    expect(calls).toHaveLength(before);
    clock.advance(full / 2 + 1);
    await settle();
    expect(calls).toHaveLength(before + 1);
  }
  calls.at(-1)?.answer();
  await settle();
  expect(store.moved).toHaveBeenLastCalledWith('w', 15, true);
  expect(idsIn(calls.at(-1)!)).toEqual(['a', ...Array.from({ length: 14 }, (_, n) => `during ${n + 1}`)]);
});

test('slow receivers of one user do not hold up another, nor more than the bound all together', async () => {
  const { dispatcher, kept, calls, write } = world();
  write('message', 'a');
  for (let user = 0; user < 20; user += 1)
    for (let n = 0; n < 6; n += 1) kept.push(hook(`${user}-${n}`, `user ${user}`));
  await dispatcher.takeOn();
  await settle();
  expect(calls).toHaveLength(32);
  const first = calls.filter(({ call }) => call.webhookId.startsWith('0-'));
  expect(first).toHaveLength(4);
  first[0]?.answer();
  await settle();
  expect(calls).toHaveLength(33);
  const stopped = dispatcher.stop();
  for (const { answer } of calls) answer();
  await stopped;
  expect(calls).toHaveLength(33);
});

test('a lost ring is made good by the sweep; a page larger than a call is cut between changes', async () => {
  const { dispatcher, calls, clock, write, kept } = world();
  kept.push({ ...hook('w', 'bob') });
  await dispatcher.takeOn();
  dispatcher.start();
  write('message', 'x'.repeat(900_000));
  write('message', 'y'.repeat(900_000));
  write('message', 'z');
  await settle();
  expect(calls).toHaveLength(0);
  clock.advance(5000);
  await settle();
  calls[0]?.answer();
  await settle();
  expect(calls.map(idsIn).map((ids) => ids.map((id) => id[0]))).toEqual([['x'], ['y', 'z']]);
});

test('removed or stopped, it breaks off what is under way, counts no failure and leaves no timer', async () => {
  const { dispatcher, calls, clock, write, store } = world();
  dispatcher.add(hook('gone'));
  dispatcher.add(hook('stays'));
  write('message', 'a');
  await settle();
  await dispatcher.remove('gone');
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  const stopped = dispatcher.stop();
  clock.advance(3000);
  await stopped;
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  write('message', 'b');
  await settle();
  expect(calls).toHaveLength(2);
  expect(store.failed).not.toHaveBeenCalled();
  expect(store.moved).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});

test('without its secret nothing is sent, and that is told', async () => {
  const { dispatcher, calls, write, store } = world();
  dispatcher.add({ ...hook('w'), secret: undefined });
  write('message', 'a');
  await settle();
  expect(calls).toEqual([]);
  expect(store.failed).toHaveBeenCalledWith('w', 1, expect.stringContaining('secret'));
});
