import type { Conversation } from '../api/types';

/** For tests: a conversation nothing has happened in, but for what is said of it. */
export const aConversation = (of: Partial<Conversation>): Conversation => ({
  id: 'c1',
  name: 'c1',
  contactId: null,
  kind: 'direct',
  chats: [],
  unread: 0,
  lastMessage: null,
  lastActiveAt: '2026-01-01T00:00:00.000Z',
  readMessageId: null,
  pinned: false,
  pins: 0,
  notify: null,
  snoozedUntil: null,
  markedUnread: false,
  mentions: 0,
  reminder: null,
  archived: false,
  mutedUntil: null,
  draft: null,
  request: 'none',
  rev: 1,
  ...of,
});
