import { expect, test } from 'vitest';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { type Answer, Relay, sentOn } from './relay.js';

const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function setUp(users = ['ann']) {
  const clock = new FakeClock();
  const waiting: Answer[] = [];
  const sent: string[] = [];
  let broken = 0;
  const store = {
    users: async () => users,
    waiting: async (_userId: string, limit: number) => waiting.slice(0, limit),
    sendOn: async (_userId: string, answer: Answer) => {
      if (answer.id === 'poison') throw new Error('it cannot be stored');
      if (broken > 0) {
        broken -= 1;
        throw new Error('the database is away');
      }
      sent.push(answer.id);
      waiting.splice(waiting.indexOf(answer), 1);
    },
  };
  const relay = new Relay(store, clock, { debug: () => {}, info: () => {}, warn: () => {} });
  const say = (id: string, groupId = 'group') => void waiting.push({ id, groupId });
  return {
    ...{ clock, relay, sent, say, waiting },
    breakOnce: () => {
      broken = 1;
    },
  };
}

test('what waits at the start, and what comes, is sent on once and in order', async () => {
  const { relay, sent, say } = setUp();
  say('before');
  relay.start();
  await settled();
  say('1');
  say('2');
  relay.ring('ann');
  relay.ring('ann');
  await settled();
  expect(sent).toEqual(['before', '1', '2']);
});

test('whose groups send nothing on is not looked at', async () => {
  const { relay, sent, say } = setUp([]);
  relay.start();
  await settled();
  say('1');
  relay.ring('ann');
  await settled();
  expect(sent).toEqual([]);
});

test('what could not be stored is tried again', async () => {
  const { relay, sent, say, breakOnce, clock } = setUp();
  relay.start();
  await settled();
  say('1');
  breakOnce();
  relay.ring('ann');
  await settled();
  expect(sent).toEqual([]);
  clock.advance(5_000);
  await settled();
  expect(sent).toEqual(['1']);
  expect(clock.pending).toBe(0);
});

test('one that cannot be sent on holds up its own group alone', async () => {
  const { relay, sent, say, clock, waiting } = setUp();
  relay.start();
  await settled();
  say('poison');
  say('behind it');
  say('elsewhere', 'another');
  relay.ring('ann');
  await settled();
  expect(sent).toEqual(['elsewhere']);
  waiting.shift();
  clock.advance(5_000);
  await settled();
  expect(sent).toEqual(['elsewhere', 'behind it']);
});

test('programs that answer each other do not get far: 30 a minute in a group, the rest later', async () => {
  const { relay, sent, say, clock } = setUp();
  relay.start();
  await settled();
  for (let n = 0; n < 40; n += 1) say(`${n}`);
  say('elsewhere', 'another');
  relay.ring('ann');
  await settled();
  expect(sent).toHaveLength(31);
  expect(sent).toContain('elsewhere');
  clock.advance(59_000);
  await settled();
  expect(sent).toHaveLength(31);
  clock.advance(5_000);
  await settled();
  expect(sent).toHaveLength(41);
});

test('once stopped nothing is sent on and no timer is left', async () => {
  const { relay, sent, say, breakOnce, clock } = setUp();
  relay.start();
  await settled();
  say('1');
  breakOnce();
  relay.ring('ann');
  await settled();
  await relay.stop();
  relay.ring('ann');
  await settled();
  expect(sent).toEqual([]);
  expect(clock.pending).toBe(0);
});

test.each([
  ['Ann', 'Hello', 'Ann: Hello'],
  ['Ann', 'two\nlines', 'Ann: two\nlines'],
  ['Ann', '', 'Ann:'],
])('%s: %s', (name, text, expected) => {
  expect(sentOn(name, text)).toBe(expected);
});
