import type { BuddyInfo } from '../../sdk/index.js';

/** `@localpart:server`, as people write it and as the network names a person. */
const userPattern = /^@[^\s:\p{Cc}]{1,200}:[^\s\p{Cc}/?#]{1,230}$/u;
const aliasPattern = /^#[^\s:\p{Cc}]{1,200}:[^\s\p{Cc}/?#]{1,230}$/u;
/** `!opaque:server`; rooms of the newest version have no server in their id. */
const roomPattern = /^![^\s\p{Cc}/?#]{1,250}$/u;
const eventPattern = /^\$[\x21-\x7e]{1,254}$/;

export const isUserId = (text: string): boolean => userPattern.test(text);
export const isAlias = (text: string): boolean => aliasPattern.test(text);
export const isRoomId = (text: string): boolean => roomPattern.test(text);
export const isEventId = (text: string): boolean => eventPattern.test(text);

export const localpart = (userId: string): string => /^@([^:]+):/.exec(userId)?.[1] ?? userId;
export const serverOf = (id: string): string | undefined => /:(.+)$/.exec(id)?.[1];

/** What a person typed as somebody's address: an id, or a bare name on our own server. */
export function userFrom(typed: string, ownServer: string | undefined): string | undefined {
  const text = typed.trim().replace(/^https:\/\/matrix\.to\/#\//, '');
  const id = text.startsWith('@') || ownServer === undefined ? text : `@${text}:${ownServer}`;
  const full = id.startsWith('@') && !id.includes(':') && ownServer !== undefined ? `${id}:${ownServer}` : id;
  return isUserId(full) ? full : undefined;
}

/** An alias or the id of a room; a bare name is an alias on our own server. */
export function roomFrom(typed: string, ownServer: string | undefined): string | undefined {
  const text = typed.trim().replace(/^https:\/\/matrix\.to\/#\//, '');
  if (isRoomId(text) || isAlias(text)) return text;
  const name = text.replace(/^#/, '');
  if (text.startsWith('!') || text.startsWith('@') || name.includes(':') || ownServer === undefined) return undefined;
  const alias = `#${name}:${ownServer}`;
  return isAlias(alias) ? alias : undefined;
}

/** Without a name where none is known: what is known elsewhere then stays. */
export const buddyOf = (userId: string, name: string | undefined): BuddyInfo => ({
  id: userId,
  address: userId,
  ...(name !== undefined && { name }),
});
