import type { Conversation } from '../../lib/api/types';

/** What moves with every message. */
const moving: ReadonlySet<string> = new Set([
  'rev',
  'lastMessage',
  'lastActiveAt',
  'unread',
  'mentions',
  'readMessageId',
] satisfies (keyof Conversation)[]);

const known = new WeakMap<Conversation, string>();

function textOf(conversation: Conversation): string {
  const text =
    known.get(conversation) ?? JSON.stringify(conversation, (key, value) => (moving.has(key) ? undefined : value));
  known.set(conversation, text);
  return text;
}

/** Whether nothing became another but what moves with every message: what shows none of that need not be drawn again. */
export const isSteady = (before: Conversation, now: Conversation): boolean =>
  before === now || textOf(before) === textOf(now);
