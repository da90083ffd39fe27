import type { Buddy, Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { networkName } from '../../ui/network-glyph';
import { isUnread } from './count';
import { isBlocked, isIn } from './groups';
import type { Section } from './layout';
import type { Arrangement, Filters } from './view';

export type Row =
  | { is: 'person'; key: string; contact: Contact; open: boolean }
  | { is: 'buddy'; key: string; contact: Contact; buddy: Buddy }
  | { is: 'chat'; key: string; conversation: Conversation };

export type People = {
  /** By name. */
  people: readonly Contact[];
  channels: readonly Conversation[];
  conversationOf: (contact: Contact) => Conversation | undefined;
};
export type Shown = {
  arrange: Arrangement;
  offline: boolean;
  filters: Filters;
  closed: ReadonlySet<string>;
  /** People whose networks are shown below them. */
  opened: ReadonlySet<string>;
  /** What is looked for is shown wherever it is. */
  searching: boolean;
};

const rank = { online: 0, away: 1, dnd: 2, unknown: 3, offline: 4 } as const;

/** Favourites first, then everybody as arranged; strangers who ask, rooms and who is blocked apart. */
export function sectionsOf({ people, channels, conversationOf }: People, shown: Shown): Section<Row>[] {
  const { filters } = shown;
  const free: Contact[] = [];
  const apart: Record<'requests' | 'favourites' | 'blocked', Contact[]> = { requests: [], favourites: [], blocked: [] };
  for (const one of people) {
    const conversation = conversationOf(one);
    if (!fits(one, conversation, filters)) continue;
    if (conversation && conversation.request !== 'none') {
      if (conversation.request === 'pending') apart.requests.push(one);
    } else if (isBlocked(one)) apart.blocked.push(one);
    else if (one.favourite) apart.favourites.push(one);
    else if (shown.offline || shown.searching || one.presence.state !== 'offline') free.push(one);
  }
  const section = (key: string, title: string, found: readonly Contact[]): Section<Row> => {
    const open = shown.searching || !shown.closed.has(key);
    return { key, title, count: found.length, open, rows: open ? rowsOf(key, found, shown.opened) : [] };
  };
  const open = shown.searching || !shown.closed.has('channels');
  const rooms: Row[] = channels.map((conversation) => ({ is: 'chat', key: conversation.id, conversation }));
  return [
    section('requests', t('buddies.requests'), apart.requests),
    section('favourites', t('buddies.favourites'), apart.favourites),
    ...arranged(shown.arrange, free).map(({ key, title, people: found }) => section(key, title, found)),
    {
      key: 'channels',
      title: t('buddies.channels'),
      count: channels.length,
      open,
      rows: open ? rooms : [],
    },
    section('blocked', t('buddies.blocked'), apart.blocked),
  ].filter(({ count }) => count > 0);
}

type Part = { key: string; title: string; people: readonly Contact[] };

function arranged(by: Arrangement, people: readonly Contact[]): Part[] {
  switch (by) {
    case 'availability':
      return byAvailability(people);
    case 'groups':
      return parts('group', people, (one) => one.buddies.flatMap(({ groups = [] }) => groups), t('buddies.no-group'));
    case 'networks':
      return parts('network', people, networksOf, t('buddies.no-network'), networkName);
    case 'name':
      return [{ key: 'everybody', title: t('buddies.everybody'), people }];
  }
}

function byAvailability(people: readonly Contact[]): Part[] {
  const found = Map.groupBy(people, ({ presence: { state } }) => (state === 'dnd' ? 'away' : state));
  return [
    { key: 'online', title: t('buddies.available'), people: found.get('online') ?? [] },
    { key: 'away', title: t('buddies.away'), people: found.get('away') ?? [] },
    { key: 'offline', title: t('buddies.offline'), people: found.get('offline') ?? [] },
    { key: 'unknown', title: t('buddies.unknown'), people: found.get('unknown') ?? [] },
  ];
}

/** A part for each name, in order, the most available first in each; who has none comes last. */
function parts(
  kind: string,
  people: readonly Contact[],
  namesOf: (contact: Contact) => readonly string[],
  others: string,
  titleOf = (name: string) => name,
): Part[] {
  const found = new Map<string, Contact[]>();
  const rest: Contact[] = [];
  for (const one of people) {
    const names = new Set(namesOf(one));
    if (names.size === 0) rest.push(one);
    for (const name of names) {
      const those = found.get(name) ?? [];
      those.push(one);
      found.set(name, those);
    }
  }
  const inOrder = [...found].sort(([a], [b]) => titleOf(a).localeCompare(titleOf(b)));
  return [
    ...inOrder.map(([name, those]) => ({
      key: `${kind} ${name}`,
      title: titleOf(name),
      people: reachableFirst(those),
    })),
    { key: kind, title: others, people: reachableFirst(rest) },
  ];
}

const reachableFirst = (people: Contact[]): Contact[] =>
  people.sort((a, b) => rank[a.presence.state] - rank[b.presence.state]);

function rowsOf(section: string, people: readonly Contact[], opened: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  for (const contact of people) {
    const open = contact.buddies.length > 1 && opened.has(contact.id);
    // Somebody may stand in several sections.
    const key = `${section} ${contact.id}`;
    rows.push({ is: 'person', key, contact, open });
    if (open)
      for (const buddy of contact.buddies) rows.push({ is: 'buddy', key: `${key} ${buddy.id}`, contact, buddy });
  }
  return rows;
}

/** Where somebody can be reached: networks, and mail and phone for addresses that were typed in. */
export function networksOf({ buddies, addresses }: Contact): string[] {
  const typed = addresses.map(({ kind }) => (kind === 'email' ? 'email' : 'sms'));
  return [...new Set([...buddies.map(({ network }) => network), ...typed])];
}

function fits(contact: Contact, conversation: Conversation | undefined, filters: Filters): boolean {
  const { unread, favourites, network, group } = filters;
  return (
    (!unread || (conversation !== undefined && isUnread(conversation))) &&
    (!favourites || contact.favourite) &&
    (network === null || networksOf(contact).includes(network)) &&
    (group === null || isIn(contact, group))
  );
}

/** The same for the list of conversations. */
export function fitsChat(conversation: Conversation, contact: Contact | undefined, filters: Filters): boolean {
  const { unread, favourites, network, group } = filters;
  return (
    (!unread || isUnread(conversation)) &&
    (!favourites || conversation.pinned || contact?.favourite === true) &&
    (network === null || conversation.chats.some((chat) => chat.network === network)) &&
    (group === null || (contact !== undefined && isIn(contact, group)))
  );
}
