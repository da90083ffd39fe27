import { expect, test } from 'vitest';
import { begins, found, nameOf, type Press, written } from './keys';

const press = (over: Partial<Press>): Press => ({
  key: '',
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});

test.each([
  [{ key: 'k', ctrlKey: true }, 'mod+k'],
  [{ key: 'K', metaKey: true, shiftKey: true }, 'mod+shift+k'],
  [{ key: 'ArrowDown', altKey: true, shiftKey: true }, 'alt+shift+arrowdown'],
  [{ key: 'å', code: 'KeyA', altKey: true }, 'alt+a'],
  [{ key: '?', code: 'Slash', shiftKey: true }, '?'],
  [{ key: 'G', shiftKey: true }, 'shift+g'],
])('%j is called %s', (given, name) => {
  expect(nameOf(press(given))).toBe(name);
});

const commands = [
  { id: 'next', shortcut: 'alt+arrowdown', letters: 'j' },
  { id: 'settings', shortcut: 'mod+,', letters: 'g s' },
  { id: 'starred', letters: 'g b' },
];

test.each([
  ['', 'j', 'next'],
  ['', 'alt+arrowdown', 'next'],
  ['g', 's', 'settings'],
  ['', 's', undefined],
  ['g', 'j', undefined],
])('after "%s", "%s" is %s', (before, name, id) => {
  expect(found(commands, before, name)?.id).toBe(id);
});

test('of two with the same keys the one shown last counts', () => {
  expect(found([...commands, { id: 'mine', letters: 'j' }], '', 'j')?.id).toBe('mine');
});

test('the beginning of a longer shortcut is waited on', () => {
  expect(begins(commands, 'g')).toBe(true);
  expect(begins(commands, 'j')).toBe(false);
});

test('keys are written as on the keyboard', () => {
  expect(written('alt+shift+arrowdown', false)).toEqual([['Alt', 'Shift', '↓']]);
  expect(written('mod+k', true)).toEqual([['⌘', 'K']]);
  expect(written('g s', false)).toEqual([['G'], ['S']]);
});
