import { expect, test } from 'vitest';
import { addressOf, alone, arrive, become, beside, fitting, type Panes, panesOf, without, workIn } from './panes';

/** "a B c": three, of which b is worked in. */
function panes(words: string): Panes {
  const names = words.split(' ');
  const at = names.findIndex((name) => name !== name.toLowerCase());
  return { list: names.map((name) => ({ id: name.toLowerCase(), panel: null })), at };
}
const said = (found: Panes | null): string | undefined =>
  found?.list.map(({ id }, index) => (index === found.at ? id.toUpperCase() : id)).join(' ');

test.each([
  ['A', 'b', 'B'],
  ['a B', 'c', 'a C'],
  ['a B', 'a', 'A b'],
])('in "%s", asking for %s shows "%s"', (before, id, after) => {
  expect(said(arrive(panes(before), { id, panel: null }))).toBe(after);
});

test('a conversation that is asked for with a sheet gets it, and the others keep theirs', () => {
  const two = arrive(panes('A b'), { id: 'a', panel: { is: 'pins' } });
  const { list } = arrive(two, { id: 'b', panel: { is: 'person' } });
  expect(list.map(({ panel }) => panel?.is)).toEqual(['pins', 'person']);
});

test.each([
  ['A', 'after a', 'x', 4, 'a X'],
  ['A', 'before a', 'x', 4, 'X a'],
  ['A b', 'after a', 'x', 4, 'a X b'],
  ['A b', 'after a', 'x', 2, 'a X'],
  ['a b C', 'after c', 'x', 3, 'b c X'],
  ['a b C', 'before a', 'x', 2, 'X a'],
  ['A b c', 'after c', 'a', 4, 'b c A'],
  ['A b', 'after gone', 'x', 4, 'a b X'],
  ['A', 'after a', 'x', 1, 'X'],
])('in "%s", opening %s %s with room for %i shows "%s"', (before, where, id, room, after) => {
  const [side, of = ''] = where.split(' ');
  const place = { side: side === 'before' ? 'before' : 'after', of } as const;
  expect(said(beside(panes(before), id, place, room, ['c', 'b', 'a']))).toBe(after);
});

test.each([
  ['a B c', 'b', 'A c'],
  ['a B c', 'a', 'B c'],
  ['A', 'a', undefined],
])('in "%s", closing %s leaves "%s"', (before, id, after) => {
  expect(said(without(panes(before), id, ['b', 'a', 'c']))).toBe(after);
});

test.each([
  ['A b c', 1, 'a'],
  ['A b c', 2, 'a c'],
  ['a B', 2, 'a b'],
  ['a b C d', 3, 'a c d'],
])('of "%s", with room for %i, "%s" are shown', (all, room, names) => {
  const shown = fitting(panes(all), room, ['d', 'c', 'a', 'b']);
  expect(shown.map(({ id }) => id).join(' ')).toBe(names);
});

test('work goes on in a conversation that is open, and nowhere else', () => {
  expect(said(workIn(panes('A b'), 'b'))).toBe('a B');
  expect(said(workIn(panes('A b'), 'c'))).toBe('A b');
});

test('the address of several opens just these, in their order, with their sheets', () => {
  const several: Panes = {
    list: [
      { id: 'a', panel: { is: 'thread', messageId: 'm1' } },
      { id: 'b', panel: { is: 'person' } },
      { id: 'c', panel: null },
      { id: 'd', panel: { is: 'ledger', messageId: 'm2' } },
    ],
    at: 1,
  };
  expect(addressOf(several)).toBe('c/b/person?before=a/t/m1&after=c,d/m/m2');
  const pane = { id: 'b', panel: { is: 'person' } } as const;
  expect(panesOf(pane, 'before=a/t/m1&after=c,d/m/m2')).toEqual(several);
});

test('that one stands alone is said, for without a word the others stay', () => {
  const pane = { id: 'a', panel: null };
  expect(addressOf(alone(pane))).toBe('c/a?alone');
  expect(panesOf(pane, 'alone')).toEqual(alone(pane));
  expect(panesOf(pane, '')).toBeNull();
});

test('an address that names one twice, or too many, or nobody, shows what it can', () => {
  const pane = { id: 'a', panel: null };
  expect(said(panesOf(pane, 'before=a,b,b&after=,,c,d,e'))).toBe('b A c d');
});

test.each([
  ['a B c', 'b', 'x', 'a X c'],
  ['a B c', 'a', 'x', 'x B c'],
  ['a B c', 'a', 'b', 'B c'],
  ['a B c', 'b', 'a', 'A c'],
  ['a B', 'gone', 'x', 'a B'],
])('in "%s", %s merged into %s shows "%s"', (before, from, to, after) => {
  expect(said(become(panes(before), from, to))).toBe(after);
});
