'use client';
import { useCallback, useMemo, useState } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useRoute } from '../../lib/router';
import { useVersion } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Empty } from '../../ui/states';
import { useNow } from '../../ui/use-now';
import { standingsIn, useRoom } from '../shell/panes';
import { ChatRow } from './chat-row';
import { draggedOf, isPerson } from './dragging';
import { Finder } from './matching';
import { dropped } from './merging';
import { Ordered } from './ordered';
import { BuddyRow, type OpenMenu, PersonRow } from './person-row';
import { fitsChat, type Row, sectionsOf } from './sections';
import { isNarrowed, toggleSection, useListView } from './view';
import { VirtualSections } from './virtual-sections';

const { compare } = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const byName = <T extends { id: string; name: string }>() =>
  new Ordered<T>({
    compare: (a, b) => compare(a.name, b.name) || (a.id < b.id ? -1 : 1),
    stays: (before, now) => before.name === now.name,
  });

const people = byName<Contact>();
const conversations = byName<Conversation>();
const peopleFinder = new Finder<Contact>(({ name, buddies, addresses }) => [
  name,
  ...buddies.flatMap((buddy) => [buddy.address, buddy.name]),
  ...addresses.map(({ value }) => value),
]);
const roomFinder = new Finder<Conversation>(({ name }) => [name]);

const isRoom = ({ kind, archived, request }: Conversation) => kind !== 'direct' && !archived && request === 'none';
const minuteMs = 60_000;

type Props = { query: string; onMenu: OpenMenu };

/** The merged buddy list: one line a person. */
export function PeopleList({ query, onMenu }: Props) {
  const route = useRoute();
  const standing = standingsIn(route);
  const { folded } = useRoom();
  const now = useNow(minuteMs);
  const { arrange, offline, closed, filters } = useListView();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const contactsVersion = useVersion('contacts');
  const conversationsVersion = useVersion('conversations');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what is read
  const sections = useMemo(
    () =>
      sectionsOf(
        {
          people: peopleFinder.find(people.take(store.contacts), query),
          channels: roomFinder
            .find(conversations.take(store.conversations), query)
            .filter((one) => isRoom(one) && fitsChat(one, undefined, filters)),
          conversationOf: ({ conversationId }) =>
            conversationId === null ? undefined : store.conversations.get(conversationId),
        },
        { arrange, offline, filters, closed: new Set(closed), opened, searching: query !== '' },
      ),
    [contactsVersion, conversationsVersion, query, arrange, offline, filters, closed, opened],
  );
  const toggle = useCallback(
    (id: string) =>
      setOpened((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const onOpen = (row: Row, open: boolean) => {
    if (row.is !== 'person' || row.contact.buddies.length < 2 || row.open === open) return false;
    toggle(row.contact.id);
    return true;
  };
  if (sections.length === 0) {
    if (query || isNarrowed(filters)) return <Empty title={t('buddies.nobody-fits')} />;
    return <Empty title={t('buddies.nobody-yet')}>{t('buddies.nobody-yet-why')}</Empty>;
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a person's menu splits too
    <div
      className="drop-beside"
      onDragOver={(event) => {
        if (isPerson(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        const found = draggedOf(event);
        if (!found) return;
        event.preventDefault();
        void dropped(found, null);
      }}
    >
      <VirtualSections
        label={t('buddies.people')}
        sections={sections}
        about={`people ${query} ${arrange}`}
        onToggle={toggleSection}
        onOpen={onOpen}
      >
        {(row, { tabIndex }) => {
          switch (row.is) {
            case 'person':
              return (
                <PersonRow
                  contact={row.contact}
                  open={row.open}
                  current={
                    route.at === 'person' && route.id === row.contact.id ? 'here' : standing(row.contact.conversationId)
                  }
                  folded={folded}
                  now={now}
                  tabIndex={tabIndex}
                  onOpen={toggle}
                  onMenu={onMenu}
                />
              );
            case 'buddy':
              return <BuddyRow contact={row.contact} buddy={row.buddy} tabIndex={tabIndex} onMenu={onMenu} />;
            case 'chat':
              return (
                <ChatRow
                  conversation={row.conversation}
                  current={standing(row.conversation.id)}
                  folded={folded}
                  tabIndex={tabIndex}
                  onMenu={onMenu}
                />
              );
          }
        }}
      </VirtualSections>
    </div>
  );
}
