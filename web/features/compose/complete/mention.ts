import type { Chat, Contact, Conversation, Member } from '../../../lib/api/types';

/** Somebody who can be named, and what names them where the message goes. */
export type Person = { key: string; name: string; detail: string; mark: string; contactId?: string };

/** Networks that call a person by the bare name they have there, with a colon where it begins the message. */
const byNick = new Set(['irc', 'xmpp']);

/** What makes a network call its member's attention. */
export function markOf(network: string, { name, address }: Pick<Member, 'name' | 'address'>): string {
  if (byNick.has(network)) return name;
  if (network === 'matrix') return address;
  return address.startsWith('@') ? address : `@${name}`;
}

/** As it is put into the text: followed by a space, so that writing goes on. */
export function mentionText(network: string | undefined, mark: string, atStart: boolean): string {
  return atStart && network !== undefined && byNick.has(network) ? `${mark}: ` : `${mark} `;
}

/** Where a conversation is on one network, that is what names are of. */
export const roomOf = ({ kind, group, chats }: Conversation): Chat | undefined =>
  kind === 'direct' || group ? undefined : (chats.find((chat) => chat.joined) ?? chats[0]);

/** Those who are in it, then everybody else that is known; of one name one. */
export function peopleIn(
  conversation: Conversation,
  members: readonly Member[],
  contacts: readonly Contact[],
  own: string,
): Person[] {
  const room = roomOf(conversation);
  if (room) {
    return members
      .filter(({ address, name }) => address !== own && name !== own)
      .map((member) => ({
        key: member.address,
        name: member.name,
        detail: member.address === member.name ? '' : member.address,
        mark: markOf(room.network, member),
      }));
  }
  const first = new Set([
    ...(conversation.group?.members.map(({ contactId }) => contactId) ?? []),
    ...(conversation.contactId ? [conversation.contactId] : []),
  ]);
  const known = contacts.filter(({ id, name }) => first.has(id) || name !== own);
  return known
    .sort((a, b) => Number(first.has(b.id)) - Number(first.has(a.id)) || a.name.localeCompare(b.name))
    .map(({ id, name, buddies }) => ({
      key: id,
      name,
      detail: buddies[0]?.address ?? '',
      mark: `@${name}`,
      contactId: id,
    }));
}

const most = 8;

/** Those whose name, a part of it or whose address begins so. */
export function namedSo(people: readonly Person[], query: string): Person[] {
  const wanted = query.toLocaleLowerCase();
  const ranked: [number, Person][] = [];
  for (const person of people) {
    const name = person.name.toLocaleLowerCase();
    const detail = person.detail.toLocaleLowerCase().replace(/^@/, '');
    if (name.startsWith(wanted)) ranked.push([0, person]);
    else if (name.split(/[\s._-]+/).some((part) => part.startsWith(wanted))) ranked.push([1, person]);
    else if (detail.startsWith(wanted)) ranked.push([2, person]);
  }
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, person]) => person);
}
