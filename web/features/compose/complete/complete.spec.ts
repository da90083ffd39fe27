import { expect, it } from 'vitest';
import { markOf, mentionText, namedSo } from './mention';
import { codeAt, tokenAt } from './token';

it.each([
  ['@an', { is: 'mention', query: 'an', from: 0, to: 3 }],
  ['hello @', { is: 'mention', query: '', from: 6, to: 7 }],
  ['to (@Ann Lee', { is: 'mention', query: 'Ann Lee', from: 4, to: 12 }],
  ['ann@example.org', null],
  ['see @ann, he', null],
  ['party :tad', { is: 'emoji', query: 'tad', from: 6, to: 10 }],
  [':+1', { is: 'emoji', query: '+1', from: 0, to: 3 }],
  ['at 10:30', null],
  ['note: x', null],
  [':)', null],
  ['http://a', null],
])('"%s" is completed as %j', (text, wanted) => {
  expect(tokenAt(text, text.length, text.length)).toEqual(wanted);
});

it('nothing is completed where text is selected', () => {
  expect(tokenAt('@ann', 1, 4)).toBeNull();
});

it.each([
  ['well :tada:', { code: 'tada', from: 5 }],
  ['10:30:', null],
  ['a:b:', null],
])('"%s" closes %j', (text, wanted) => {
  expect(codeAt(text, text.length)).toEqual(wanted);
});

const ann = { name: 'ann', address: 'ann' };
it.each([
  ['irc', ann, true, 'ann: '],
  ['irc', ann, false, 'ann '],
  ['xmpp', { name: 'Ann L', address: 'room@muc.example/Ann L' }, true, 'Ann L: '],
  ['matrix', { name: 'Ann', address: '@ann:example.org' }, true, '@ann:example.org '],
  ['telegram', { name: 'Ann', address: '@annlee' }, false, '@annlee '],
  ['telegram', { name: 'Ann', address: '12345' }, false, '@Ann '],
])('%s names %j so', (network, member, atStart, wanted) => {
  expect(mentionText(network, markOf(network, member), atStart)).toBe(wanted);
});

it('a name comes before a part of it, and that before an address', () => {
  const person = (name: string, detail: string) => ({ key: name, name, detail, mark: name });
  const people = [person('Zoe', '@anna:x'), person('Lee Ann', ''), person('Ann', ''), person('Joanna', '')];
  expect(namedSo(people, 'an').map(({ name }) => name)).toEqual(['Ann', 'Lee Ann', 'Zoe']);
});
