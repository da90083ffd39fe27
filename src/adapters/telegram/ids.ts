import { AdapterError, type BuddyInfo, type ChatInfo, type RemoteId } from '../../sdk/index.js';
import type { WireChat, WireUser } from './wire.js';

/**
 * Ids of this adapter.
 *
 * chat     Telegram's chat id; a forum topic is a chat of its own: `<chat>:<thread>`
 * buddy    the user's id; `c<chat id>` for a channel, or a group whose administrators write in its name
 * message  Telegram's message id; `n<id>` in a group that moved to a new id and began to count anew; `press.<id>` for a
 *          pressed button and `note.<update>` for what Telegram tells without a message
 */
export type Place = { chat: number; thread?: number };

const chatId = /^(-?[1-9]\d{0,15})(?::([1-9]\d{0,9}))?$/;

export const placeId = ({ chat, thread }: Place): string => (thread === undefined ? `${chat}` : `${chat}:${thread}`);

export function readPlace(id: string): Place | undefined {
  const match = chatId.exec(id);
  if (!match) return undefined;
  return { chat: Number(match[1]), ...(match[2] === undefined ? {} : { thread: Number(match[2]) }) };
}

/** Throws `rejected` for an id this adapter never gave out. */
export function placeOf(id: string): Place {
  const place = readPlace(id);
  if (!place) throw new AdapterError('rejected', 'There is no such chat on Telegram.');
  return place;
}

export const messageId = (id: number, moved: boolean): RemoteId => (moved ? `n${id}` : `${id}`);

/** The number of a message and whether it was written after the group moved; undefined for what is no message there. */
export function readMessageId(id: RemoteId): { number: number; moved: boolean } | undefined {
  const match = /^(n?)([1-9]\d{0,9})$/.exec(id);
  return match ? { number: Number(match[2]), moved: match[1] === 'n' } : undefined;
}

/** What a person typed: a chat id, a public name, or a link to one. */
export function readAddress(typed: string): Place | string | undefined {
  if (typed.length > 200 || /[\p{Cc}\u2028\u2029]/u.test(typed)) return undefined;
  const text = typed.trim();
  const place = readPlace(text);
  if (place) return place;
  const name = /^(?:@|(?:https?:\/\/)?t\.me\/)([A-Za-z][A-Za-z0-9_]{3,31})$/.exec(text)?.[1];
  return name === undefined ? undefined : `@${name}`;
}

export function userName(user: WireUser): string {
  const name = [user.first_name, user.last_name].filter((part) => part !== undefined && part.trim() !== '').join(' ');
  return name || (user.username === undefined ? `User ${user.id}` : `@${user.username}`);
}

export const buddyOfUser = (user: WireUser): BuddyInfo => ({
  id: `${user.id}`,
  address: `${user.id}`,
  name: userName(user),
});

export function chatName(chat: WireChat): string {
  const person = [chat.first_name, chat.last_name].filter((part) => part !== undefined && part.trim() !== '').join(' ');
  return chat.title ?? (person || (chat.username === undefined ? `Chat ${chat.id}` : `@${chat.username}`));
}

export const buddyOfChat = (chat: WireChat): BuddyInfo => ({
  id: `c${chat.id}`,
  address: `${chat.id}`,
  name: chatName(chat),
});

export function kindOf(chat: WireChat): ChatInfo['kind'] {
  if (chat.type === 'private') return 'direct';
  return chat.type === 'channel' ? 'channel' : 'group';
}
