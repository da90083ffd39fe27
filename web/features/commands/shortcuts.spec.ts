import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

/** What the box to write in, lists, dialogs and every text field do with these themselves. */
const local = [
  ...['mod+enter', 'mod+z', 'mod+shift+z', 'mod+y', 'mod+a', 'mod+c', 'mod+v', 'mod+x', 'mod+shift+v'],
  ...['mod+arrowup', 'mod+arrowdown', 'mod+arrowleft', 'mod+arrowright', 'mod+home', 'mod+end', 'alt+enter'],
];
/** What browsers do not leave to a page. */
const kept = [
  ...['mod+t', 'mod+w', 'mod+n', 'mod+q', 'mod+tab', 'mod+shift+tab', 'mod+shift+t', 'mod+shift+w', 'mod+shift+n'],
  ...['alt+arrowleft', 'alt+arrowright', 'alt+f4', 'alt+tab', 'mod+shift+i', 'mod+shift+j', 'mod+shift+c', 'mod+l'],
];

test('no command takes the keys of a text field or of the browser', () => {
  expect(keys.filter((one) => local.includes(one) || kept.includes(one))).toEqual([]);
});

test('one place registers a command, and one place listens to keys', () => {
  const sources = ['web/features', 'web/lib', 'web/ui'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(path.join(folder, name), 'utf8')),
  );
  const places = (wanted: string) => sources.filter((source) => source.includes(wanted)).length;
  const calls = sources.flatMap((source) =>
    [...source.matchAll(/useCommand\(\{\s*id: '([^']+)'/g)].map(([, id]) => id),
  );
  expect(calls.length).toBeGreaterThan(20);
  expect(calls.filter((one, index) => calls.indexOf(one) !== index)).toEqual([]);
  expect(places("window.addEventListener('keydown'")).toBe(1);
});
