import { expect, test } from 'vitest';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { open, progressOf, spreadOver } from './progress.js';
import type { Batch, BroadcastStore, Running } from './store.js';
import { BATCH, BroadcastWorker } from './worker.js';

type Waiting = { id: string; userId: string; left: number };

/** Broadcasts in memory: `room` is what their accounts take now. */
class Memory implements BroadcastStore {
  readonly made: string[] = [];
  readonly counted_: boolean[] = [];
  room_ = Number.POSITIVE_INFINITY;
  fails = 0;

  constructor(readonly all: Waiting[]) {}

  async running(): Promise<Running[]> {
    if (this.fails-- > 0) throw new Error('the database is away');
    return this.all.filter(({ left }) => left > 0);
  }
  async counted(late: boolean): Promise<Running[]> {
    this.counted_.push(late);
    return this.all;
  }
  async room(): Promise<number> {
    return this.room_;
  }
  async make({ id }: Running, limit: number): Promise<Batch> {
    const one = this.all.find((known) => known.id === id)!;
    const made = Math.min(limit, one.left);
    one.left -= made;
    this.room_ -= made;
    for (let at = 0; at < made; at += 1) this.made.push(id);
    return { made, places: [] };
  }
  async endCancelled(): Promise<string[]> {
    return [];
  }
  async count(): Promise<boolean> {
    return true;
  }
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

function rig(all: Waiting[]) {
  const clock = new FakeClock(0);
  const store = new Memory(all);
  const changed: string[] = [];
  const warned: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => void warned.push(text) };
  const events = { changed: (userId: string) => void changed.push(userId), ready: () => {} };
  const worker = new BroadcastWorker(store, events, clock, log);
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += 10) {
      clock.advance(10);
      await settle();
    }
  };
  return { store, worker, changed, warned, pass };
}

test('users take turns, and so do the broadcasts of one', async () => {
  const { store, worker, pass } = rig([
    { id: 'a1', userId: 'ann', left: 1_000 },
    { id: 'a2', userId: 'ann', left: 1_000 },
    { id: 'b', userId: 'bob', left: 30 },
  ]);
  worker.start();
  await pass(100);
  const first = (id: string) => store.made.indexOf(id);
  expect(first('b')).toBeLessThanOrEqual(2 * BATCH);
  expect(store.made.lastIndexOf('b')).toBeLessThan(6 * BATCH);
  expect(first('a2')).toBeLessThanOrEqual(2 * BATCH);
  await worker.stop();
});

test('makes no more than there is room for, and goes on when there is', async () => {
  const { store, worker, pass } = rig([{ id: 'a', userId: 'ann', left: 1_000 }]);
  store.room_ = 30;
  worker.start();
  await pass(2_000);
  expect(store.made).toHaveLength(30);
  store.room_ = 20;
  await pass(300);
  expect(store.made).toHaveLength(50);
  await worker.stop();
});

test('counts at most twice a second, what is over less often, and goes on after trouble', async () => {
  const { store, worker, warned, pass } = rig([{ id: 'a', userId: 'ann', left: 10 }]);
  store.fails = 1;
  worker.start();
  await pass(10_000);
  expect(warned).toEqual(['broadcasts could not go on']);
  expect(store.made).toHaveLength(10);
  expect(store.counted_.length).toBeGreaterThan(15);
  expect(store.counted_.length).toBeLessThanOrEqual(21);
  expect(store.counted_.filter((late) => late)).toHaveLength(2);
  await worker.stop();
});

test.each([1, 2, 7, 10, 100, 1_000, 9_999])('each of %i people has one place, and neighbours are apart', (total) => {
  const places = spreadOver(total);
  expect(new Set(places).size).toBe(total);
  expect(Math.max(...places)).toBe(total - 1);
  if (total >= 100) expect(Math.abs(places[1]! - places[0]!)).toBeGreaterThan(total / 4);
});

test('open are those for whom something is still done', () => {
  expect(open(progressOf({ waiting: 1, queued: 2, sending: 4, sent: 8, failed: 16, problem: 32 }))).toBe(7);
});
