import { readFileSync } from 'node:fs';
import { beforeAll, expect, it, vi } from 'vitest';
import { loadEmoji } from '.';
import { type Emoji, findEmoji, toned } from './find';

let all: Emoji[] = [];
beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  all = await loadEmoji();
});

it.each([
  ['thumbs up', '👍'],
  ['+1', '👍'],
  ['tada', '🎉'],
  ['party', '🎉'],
  ['eyes', '👀'],
  ['heart', '❤️'],
  ['👍', '👍'],
])('"%s" means %s', (query, wanted) => {
  expect(
    findEmoji(all, query)
      .slice(0, 12)
      .map(({ text }) => text),
  ).toContain(wanted);
});

it('nothing is meant by nothing, or by what nothing is called', () => {
  expect(findEmoji(all, '  ')).toEqual([]);
  expect(findEmoji(all, 'qqqq')).toEqual([]);
});

it.each([
  ['👍', 3, '👍🏽'],
  ['✌️', 1, '✌🏻'],
  ['👩‍💻', 5, '👩🏿‍💻'],
  ['👍', 0, '👍'],
])('%s in tone %i is %s', (text, tone, wanted) => {
  expect(toned(text, tone)).toBe(wanted);
});

it.each(['ar', 'de', 'es', 'fr', 'ja'])('every emoji has a name in %s', (language) => {
  const names = JSON.parse(readFileSync(new URL(`./generated/${language}.json`, import.meta.url), 'utf8')) as string[];
  expect(names).toHaveLength(all.length);
  expect(names.filter((name) => name.split('|')[0] === '')).toEqual([]);
});
