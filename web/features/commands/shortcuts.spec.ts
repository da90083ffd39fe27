import { expect, test } from 'vitest';
import { type Bound, isLetter } from './keys';
import { shortcuts } from './shortcuts';

const all: Bound[] = Object.values(shortcuts);
const keys = all.flatMap(({ shortcut, letters }) => [shortcut, letters]).filter((one) => one !== undefined);

test('no two commands have the same keys', () => {
  expect(keys.filter((one, index) => keys.indexOf(one) !== index)).toEqual([]);
});

test('the keys of no command begin those of another', () => {
  expect(keys.filter((one) => keys.some((other) => other.startsWith(`${one} `)))).toEqual([]);
});

test('letters wait while somebody writes, shortcuts do not', () => {
  expect(all.filter(({ shortcut }) => shortcut !== undefined && isLetter(shortcut))).toEqual([]);
  expect(all.filter(({ letters }) => letters !== undefined && !isLetter(letters))).toEqual([]);
});
