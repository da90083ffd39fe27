import { AdapterError, type BuddyInfo, type ChatId, type ChatInfo, type RemoteId } from '../../sdk/index.js';

/**
 * Ids of this adapter.
 *
 * buddy    the name in lower case, composed (NFC)
 * chat     the buddy's id; of a room `#` and its name
 * message  `me-` or `buddy-` and a UUID: who wrote it is in the id
 */
const longestName = 64;

/** The id of a name a person typed, or undefined where it cannot be one. */
export function idOf(typed: string): string | undefined {
  if (typed.length > 4 * longestName || /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(typed)) return undefined;
  const id = typed.trim().normalize('NFC').toLowerCase();
  return id.length > 0 && id.length <= longestName ? id : undefined;
}

/** Throws `rejected` for an id that no buddy has. */
export function buddyOf(id: string, name?: string): BuddyInfo {
  if (idOf(id) !== id)
    throw new AdapterError('rejected', 'A practice buddy has a name of 1 to 64 characters on one line.');
  return { id, address: id, ...(name && name !== id && { name }) };
}

export const isRoom = (id: ChatId): boolean => id.startsWith('#') && id.length > 1;

export const chatWith = (id: ChatId): ChatInfo => ({ id, kind: isRoom(id) ? 'group' : 'direct', name: id });

/** Who answers in a chat. Throws `rejected` for an id that no chat has. */
export function speakerOf(chat: ChatId): BuddyInfo {
  const named = buddyOf(chat);
  return isRoom(chat) ? buddyOf('echo') : named;
}

export const ownMessageId = (): RemoteId => `me-${crypto.randomUUID()}`;
export const buddyMessageId = (): RemoteId => `buddy-${crypto.randomUUID()}`;

const uuid = /^(me|buddy)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Who wrote a message of this network; throws `rejected` for an id that it never gave out. */
export function authorOf(message: RemoteId): 'me' | 'buddy' {
  const author = uuid.exec(message)?.[1];
  if (author === 'me' || author === 'buddy') return author;
  throw new AdapterError('rejected', 'The practice network has no such message.');
}
