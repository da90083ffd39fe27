import { expect, test } from 'vitest';
import type { Buddy, Contact } from '../../lib/api/types';
import { groupsOf, isBlocked, isIn } from './groups';

function contact(id: string, ...buddies: Partial<Buddy>[]): Contact {
  return {
    id,
    name: id,
    buddies: buddies.map((buddy, index) => ({
      id: `${id}${index}`,
      accountId: 'a1',
      network: 'xmpp',
      address: id,
      name: id,
      presence: { state: 'unknown' },
      ...buddy,
    })),
    addresses: [],
    presence: { state: 'unknown' },
    bestBuddyId: null,
    conversationId: null,
    favourite: false,
    rev: 1,
  };
}

test('groups are those of all networks, or of one account, each once', () => {
  const contacts = [
    contact('ada', { groups: ['Work', 'Boats'] }, { accountId: 'a2', groups: ['Family'] }),
    contact('ben', { groups: ['Boats'] }),
  ];
  expect(groupsOf(contacts)).toEqual(['Boats', 'Family', 'Work']);
  expect(groupsOf(contacts, 'a2')).toEqual(['Family']);
  expect(contacts.map((one) => isIn(one, 'Boats'))).toEqual([true, true]);
});

test('blocked is who is blocked everywhere; somebody without networks is not', () => {
  expect(isBlocked(contact('ada', { blocked: true }, { blocked: true }))).toBe(true);
  expect(isBlocked(contact('ben', { blocked: true }, {}))).toBe(false);
  expect(isBlocked(contact('eve'))).toBe(false);
});
