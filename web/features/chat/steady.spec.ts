import { expect, test } from 'vitest';
import type { Conversation } from '../../lib/api/types';
import { aConversation } from '../../lib/sync/testing';
import { isSteady } from './steady';

const room = aConversation({
  name: '#parley',
  kind: 'channel',
  chats: [{ id: 'h1', accountId: 'a1', network: 'irc', kind: 'channel', name: '#parley', buddyId: null, joined: true }],
});
const [chat] = room.chats;

test('a message that comes in leaves a conversation steady', () => {
  const now = {
    ...room,
    unread: 3,
    mentions: 1,
    lastActiveAt: '2026-01-02T00:00:00.000Z',
    readMessageId: 'm9',
    rev: 9,
  };
  expect(isSteady(room, structuredClone(now))).toBe(true);
});

test.each<[string, Partial<Conversation>]>([
  ['its name', { name: '#tea' }],
  ['a draft', { draft: 'not yet' }],
  ['what is pinned', { pins: 1 }],
  ['a chat that was left', { chats: chat ? [{ ...chat, joined: false }] : [] }],
  ['the account it is written by', { via: 'a2' }],
])('it is another with %s', (_, change) => {
  expect(isSteady(room, { ...room, ...change, rev: 2 })).toBe(false);
});
