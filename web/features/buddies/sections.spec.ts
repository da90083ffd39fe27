import { expect, test } from 'vitest';
import type { Buddy, Contact, Conversation, PresenceState } from '../../lib/api/types';
import { type Row, type Shown, sectionsOf } from './sections';
import { noFilters } from './view';

const buddy = (id: string, more: Partial<Buddy> = {}): Buddy => ({
  ...{ id, accountId: 'a1', network: 'xmpp', address: id, name: id, presence: { state: 'unknown' } },
  ...more,
});
const person = (name: string, state: PresenceState, more: Partial<Contact> = {}): Contact => ({
  ...{ id: name, name, buddies: [buddy(`${name}-x`)], addresses: [], presence: { state }, bestBuddyId: null },
  ...{ conversationId: null, favourite: false, rev: 1 },
  ...more,
});
const talk = (id: string, more: Partial<Conversation> = {}): Conversation => ({
  ...{ id, name: id, contactId: null, kind: 'direct', chats: [], unread: 0, lastMessage: null },
  ...{
    lastActiveAt: '2026-01-01T00:00:00Z',
    readMessageId: null,
    pinned: false,
    archived: false,
    mutedUntil: null,
    pins: 0,
  },
  ...{ draft: null, request: 'none', rev: 1, pins: 0 },
  ...{ notify: null, snoozedUntil: null, markedUnread: false, mentions: 0, reminder: null },
  ...more,
});

const people = [
  person('Ada', 'online', { buddies: [buddy('a-x', { groups: ['Work'] }), buddy('a-i', { network: 'irc' })] }),
  person('Ben', 'dnd', { conversationId: 'with-ben' }),
  person('Cat', 'offline', { buddies: [buddy('c-x', { groups: ['Work', 'Boats'] })] }),
  person('Dot', 'unknown', { favourite: true }),
  person('Eve', 'online', { conversationId: 'with-eve' }),
  person('Fay', 'online', { buddies: [buddy('f-x', { blocked: true })] }),
  person('Gus', 'unknown', { buddies: [], addresses: [{ kind: 'email', value: 'gus@example.org' }] }),
];
const conversations = new Map([
  ['with-ben', talk('with-ben', { unread: 2 })],
  ['with-eve', talk('with-eve', { request: 'pending' })],
]);
const channels = [talk('#tea', { kind: 'channel' })];
const usual: Shown = {
  ...{ arrange: 'availability', offline: true, filters: noFilters, closed: new Set(), opened: new Set() },
  searching: false,
};
const nameOf = (row: Row) =>
  row.is === 'person' ? row.contact.name : row.is === 'buddy' ? `(${row.buddy.id})` : row.conversation.name;
const drawn = (shown: Partial<Shown>) =>
  sectionsOf(
    { people, channels, conversationOf: ({ conversationId }) => conversations.get(conversationId ?? '') },
    { ...usual, ...shown },
  ).map(({ title, count, rows }) => `${title} ${count}: ${rows.map(nameOf).join(' ')}`);

const last = ['Channels 1: #tea', 'Blocked 1: Fay'];
const first = ['Message requests 1: Eve', 'Favourites 1: Dot'];

test.each<[string, Partial<Shown>, string[]]>([
  [
    'availability',
    {},
    [...first, 'Available 1: Ada', 'Away 1: Ben', 'Offline 1: Cat', 'Presence not known 1: Gus', ...last],
  ],
  [
    'groups, the most available first',
    { arrange: 'groups' },
    [...first, 'Boats 1: Cat', 'Work 2: Ada Cat', 'In no group 2: Ben Gus', ...last],
  ],
  ['networks', { arrange: 'networks' }, [...first, 'Email 1: Gus', 'IRC 1: Ada', 'XMPP 3: Ada Ben Cat', ...last]],
  ['name', { arrange: 'name' }, [...first, 'Everybody 4: Ada Ben Cat Gus', ...last]],
  [
    'who is there, one of them with networks, one section shut',
    { offline: false, opened: new Set(['Ada']), closed: new Set(['away']) },
    [...first, 'Available 1: Ada (a-x) (a-i)', 'Away 1: ', 'Presence not known 1: Gus', ...last],
  ],
  [
    'what is looked for, whatever is shut or hidden',
    { offline: false, searching: true, closed: new Set(['away', 'offline', 'channels']) },
    [...first, 'Available 1: Ada', 'Away 1: Ben', 'Offline 1: Cat', 'Presence not known 1: Gus', ...last],
  ],
  ['unread', { filters: { ...noFilters, unread: true } }, ['Away 1: Ben', 'Channels 1: #tea']],
  ['favourites', { filters: { ...noFilters, favourites: true } }, ['Favourites 1: Dot', 'Channels 1: #tea']],
  ['a network', { filters: { ...noFilters, network: 'irc' } }, ['Available 1: Ada', 'Channels 1: #tea']],
  ['a group', { filters: { ...noFilters, group: 'Boats' } }, ['Offline 1: Cat', 'Channels 1: #tea']],
])('by %s', (_, shown, expected) => {
  expect(drawn(shown)).toEqual(expected);
});
