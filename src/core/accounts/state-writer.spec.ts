import { expect, test } from 'vitest';
import type { State } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { FencedError } from '../nodes/fenced.js';
import { StateWriter } from './state-writer.js';

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const online: State = { is: 'online' };
const settle = () => new Promise((resolve) => setImmediate(resolve));

type Write = { userId: string; states: string[]; end: (error?: Error) => void };

/** A writer whose writes the test ends. */
function scene() {
  const clock = new FakeClock();
  const writes: Write[] = [];
  const setStates = (userId: string, states: readonly { id: string; state: State }[]) =>
    new Promise<void>((resolve, reject) =>
      writes.push({
        userId,
        states: states.map(({ id, state }) => `${id} ${state.is}`),
        end: (error) => (error ? reject(error) : resolve()),
      }),
    );
  const writer = new StateWriter({ setStates }, { clock, log });
  const say = (id: string, is: 'online' | 'connecting', userId = 'ann') => writer.record({ id, userId }, { is });
  const end = async (at: number, error?: Error) => {
    writes[at]?.end(error);
    await settle();
  };
  return { clock, writer, writes, say, end, states: () => writes.map(({ states }) => states) };
}

test('what changes during a write goes in one write after it, the newest of each account', async () => {
  const { say, end, states } = scene();
  const ids = Array.from({ length: 100 }, (_, at) => `a${at}`);
  const first = say('first', 'online');
  const all = ids.map((id) => say(id, 'connecting'));
  for (const id of ids) void say(id, 'online');
  await end(0);
  await end(1);
  await Promise.all([first, ...all]);
  expect(states()).toEqual([['first online'], ids.map((id) => `${id} online`)]);
});

test('a state that changes while it is stored is stored again', async () => {
  const { say, end, states } = scene();
  void say('a', 'connecting');
  const done = say('a', 'online');
  await end(0);
  await end(1);
  await done;
  expect(states()).toEqual([['a connecting'], ['a online']]);
});

test('of many users four are written at a time, and each has its turn', async () => {
  const { writer, writes, end } = scene();
  const done = Array.from({ length: 9 }, (_, at) => writer.record({ id: `a${at}`, userId: `u${at}` }, online));
  expect(writes).toHaveLength(4);
  for (let at = 0; at < 9; at += 1) await end(at);
  await Promise.all(done);
  expect(writes.map(({ userId }) => userId).sort()).toEqual(Array.from({ length: 9 }, (_, at) => `u${at}`));
});

test('after a failure states go one by one, so that a bad one keeps none of the others', async () => {
  const { clock, say, end, states } = scene();
  void say('a', 'online');
  void say('b', 'online');
  const good = say('c', 'online');
  await end(0);
  await end(1, new Error('no such thing'));
  clock.advance(500);
  await settle();
  await end(2, new Error('no such thing'));
  clock.advance(1_000);
  await settle();
  await end(3);
  await good;
  expect(states()).toEqual([['a online'], ['b online', 'c online'], ['b online'], ['c online'], ['b online']]);
});

test('who no longer holds the user writes no more', async () => {
  const { clock, say, end, writes } = scene();
  const done = say('a', 'online');
  await end(0, new FencedError());
  await done;
  expect([writes.length, clock.pending]).toEqual([1, 0]);
});

test('what is dropped is written no more, and what is under way is waited for', async () => {
  const { writer, say, end, states } = scene();
  void say('a', 'connecting');
  void say('a', 'online');
  let dropped = false;
  const drop = writer.drop('a').then(() => {
    dropped = true;
  });
  await settle();
  expect(dropped).toBe(false);
  await end(0);
  await drop;
  expect(states()).toEqual([['a connecting']]);
});
