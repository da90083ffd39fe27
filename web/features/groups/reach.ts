import type { Account, Channel, Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { groupsOf, isBlocked, isIn } from '../buddies/groups';
import { matches } from '../buddies/matching';
import { channels, waysTo } from '../compose/ways';

/** Channels that lead to a person, in the order they are spoken of everywhere. */
export function channelsTo(contact: Contact, accounts: Account[]): Channel[] {
  const open = new Set(waysTo(contact, accounts).flatMap((way) => (way.closed === null ? [way.channel] : [])));
  return channels.filter((channel) => open.has(channel));
}

/** Why nothing can be sent to somebody, or null. */
export function problemOf(contact: Contact, accounts: Account[]): string | null {
  if (channelsTo(contact, accounts).length > 0) return null;
  if (isBlocked(contact)) return t('groups.blocked');
  const ways = waysTo(contact, accounts);
  if (ways.some((way) => way.closed === 'opted-out')) return t('groups.opted-out');
  return contact.buddies.length + contact.addresses.length > 0 ? t('groups.no-account') : t('groups.no-address');
}

/** A set of people that can be chosen at once. */
export type Circle = { key: string; name: string; has: (contact: Contact) => boolean };

/** Favourites, the groups of the networks' contact lists, and the groups over several networks. */
export function circlesOf(contacts: Contact[], conversations: Conversation[]): Circle[] {
  const favourites: Circle[] = contacts.some((one) => one.favourite)
    ? [{ key: 'favourites', name: t('groups.favourites'), has: (contact) => contact.favourite }]
    : [];
  const mixed = conversations.flatMap(({ id, name, group }): Circle[] => {
    if (!group) return [];
    const ids = new Set(group.members.map((one) => one.contactId));
    return [{ key: `g${id}`, name, has: (contact) => ids.has(contact.id) }];
  });
  const listed = groupsOf(contacts).map(
    (name): Circle => ({ key: `l${name}`, name, has: (contact) => isIn(contact, name) }),
  );
  return [...favourites, ...mixed.sort((a, b) => a.name.localeCompare(b.name)), ...listed];
}

/** By name, those whose name begins with what was typed first. */
export function found(contacts: Contact[], query: string, circle: Circle | undefined): Contact[] {
  const start = query.trim().toLowerCase();
  const fits = contacts
    .filter((one) => circle === undefined || circle.has(one))
    .filter((one) =>
      matches(query, one.name, [...one.buddies.map((b) => b.address), ...one.addresses.map((a) => a.value)]),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
  if (!start) return fits;
  const begins = (one: Contact) => one.name.toLowerCase().startsWith(start);
  return [...fits.filter(begins), ...fits.filter((one) => !begins(one))];
}
