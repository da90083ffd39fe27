import { expect, test } from 'vitest';
import type { Features } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { Typing, type TypingChat } from './typing.js';

/** Chats `a` and `b` can tell that somebody types, `mute` cannot. */
function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  let all = false;
  let chats: TypingChat[] = ['mute', 'a', 'b'].map((remoteId) => ({ accountId: 'account', remoteId }));
  const verbs: Record<string, Features['typing']> = {
    a: { set: async (on) => void told.push(`a ${on ? 'on' : 'off'}`) },
    b: { set: async (on) => void told.push(`b ${on ? 'on' : 'off'}`) },
  };
  const live = { state: { is: 'online' }, connection: { chat: (id: string) => ({ typing: verbs[id] }) } };
  const supervisor = { get: () => live } as unknown as Supervisor;
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const typing = new Typing(supervisor, { chats: async () => ({ chats, all }) }, clock, log);
  const set = async (on: boolean) => {
    await typing.set('ann', 'conversation', on);
    await settled();
  };
  return {
    clock,
    told,
    verbs,
    typing,
    set,
    live,
    toAll: () => {
      all = true;
    },
    show: (...ids: string[]) => {
      chats = ids.map((remoteId) => ({ accountId: 'account', remoteId }));
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('says it once, again after 4 s at the earliest, and once that it ended', async () => {
  const { clock, told, set } = setUp();
  for (let key = 0; key < 20; key += 1) {
    await set(true);
    clock.advance(500);
  }
  expect(told).toEqual(['a on', 'a on', 'a on']);
  await set(false);
  await set(false);
  expect(told).toEqual(['a on', 'a on', 'a on', 'a off']);
});

test('ends by itself after 10 s of silence, and leaves no timer behind', async () => {
  const { clock, told, set } = setUp();
  await set(true);
  clock.advance(9_000);
  await set(true);
  clock.advance(9_999);
  await settled();
  expect(told).toEqual(['a on', 'a on']);
  clock.advance(1);
  await settled();
  expect(told).toEqual(['a on', 'a on', 'a off']);
  expect(clock.pending).toBe(0);
});

test('moves with the chat that would be written to, and says nothing where it must not', async () => {
  const { told, set, show } = setUp();
  await set(true);
  show('b', 'a');
  await set(true);
  show();
  await set(true);
  expect(told).toEqual(['a on', 'a off', 'b on', 'b off']);
});

test('in a group each chat is told', async () => {
  const { clock, told, set, show, toAll } = setUp();
  toAll();
  await set(true);
  show('b');
  await set(true);
  clock.advance(10_000);
  await settled();
  expect(told).toEqual(['a on', 'b on', 'a off', 'b off']);
});

test('a network that hangs or fails holds up nobody', async () => {
  const { clock, told, set, verbs, live } = setUp();
  verbs.a = { set: () => new Promise(() => {}) };
  await set(true);
  await set(false);
  clock.advance(5_000);
  await settled();
  verbs.a = { set: () => Promise.reject(new Error('broken')) };
  await set(true);
  verbs.a = { set: async (on) => void told.push(`a ${on ? 'on' : 'off'}`) };
  await set(false);
  expect(told).toEqual(['a off']);
  live.state.is = 'waiting';
  await set(true);
  expect(told).toEqual(['a off']);
});

test('once stopped there are no timers', async () => {
  const { clock, set, typing } = setUp();
  await set(true);
  typing.stop();
  expect(clock.pending).toBe(0);
});
