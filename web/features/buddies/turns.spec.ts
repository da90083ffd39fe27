import { expect, test } from 'vitest';
import { type Turns, turnsOf } from './turns';

const none: Turns = new Map();
const drawn = (...orders: string[]) => orders.reduce<Turns>((before, order) => turnsOf(before, [...order], ''), none);
const anew = (turns: Turns) => [...turns].filter(([, turn]) => turn > 0).map(([key]) => key);

test.each([
  ['what came first', 'abcdef', 'fabcde', ['f']],
  ['several that came first', 'abcdef', 'fcabde', ['f', 'c']],
  ['one that went down', 'abcdef', 'bcdefa', ['a']],
  ['nothing where a new one came', 'abcdef', 'xabcde', []],
  ['nothing where some went', 'abcdef', 'ace', []],
  ['nothing where nothing moved', 'abc', 'abc', []],
  ['nothing of other rows', 'abc', 'xyz', []],
])('%s is drawn anew', (_, before, now, expected) => {
  const turns = drawn(before, now);
  expect([...turns.keys()]).toEqual([...now]);
  expect(anew(turns)).toEqual(expected);
});

test('each time it moves', () => {
  expect(drawn('abc', 'cab', 'bca').get('c')).toBe(1);
  expect(drawn('abc', 'cab', 'bca', 'cba').get('c')).toBe(2);
});

test('but not where one is', () => {
  expect(anew(turnsOf(drawn('abcdef'), [...'fabcde'], 'f'))).toEqual([]);
});
