import { expect, test } from 'vitest';
import { limits, type Member } from '../../sdk/index.js';
import { listed, memberPage } from './members.js';

const member = (id: string, role?: Member['role']): Member => ({ buddy: { id, address: id, name: id }, role });
const names = (items: { name: string }[]) => items.map(({ name }) => name);

test('lists by role, then name, and whoever is in twice once', () => {
  const members = listed([member('zoe'), member('Ann'), member('bob', 'owner'), member('ann2'), member('zoe')]);
  expect(names(members)).toEqual(['bob', 'Ann', 'ann2', 'zoe']);
  expect(members[1]).toEqual({ remoteId: 'Ann', address: 'Ann', name: 'Ann', role: 'member', presence: 'unknown' });
});

test('pages through all of them, while people come and go', () => {
  const many = Array.from({ length: 25 }, (_, index) => member(`m${String(index).padStart(2, '0')}`));
  const first = memberPage(listed(many), { limit: 10 });
  expect(names(first.items).at(-1)).toBe('m09');
  // Everybody of the first page leaves, and somebody joins: the second page is the same.
  const later = listed([...many.slice(10), member('m05x')]);
  const second = memberPage(later, { limit: 10, cursor: first.nextCursor! });
  expect(names(second.items)).toEqual(names(listed(many)).slice(10, 20));
  const third = memberPage(later, { limit: 10, cursor: second.nextCursor! });
  expect(names(third.items)).toEqual(['m20', 'm21', 'm22', 'm23', 'm24']);
  expect(third.nextCursor).toBeNull();
});

test('a cursor past everybody is an empty page, a forged one is refused', () => {
  const page = memberPage(listed([member('a'), member('b')]), { limit: 1 });
  expect(memberPage([], { limit: 1, cursor: page.nextCursor! })).toEqual({ items: [], nextCursor: null });
  for (const cursor of ['x', Buffer.from('[9,"a","b"]').toString('base64url'), ''])
    expect(() => memberPage([], { limit: 1, cursor })).toThrow(/not one of ours/);
});

test('a list without end is cut', () => {
  const endless = Array.from({ length: limits.members + 10 }, (_, index) => member(`m${index}`));
  expect(listed(endless)).toHaveLength(limits.members);
});
