'use client';
import { memo, useMemo, useState } from 'react';
import type { Contact, PresenceState } from '../../lib/api/types';
import { pictureOf } from '../../lib/pictures';
import { link, useRoute } from '../../lib/router';
import { useContacts, useConversation, useConversations } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { PresenceDot, presenceText } from '../../ui/presence-dot';
import { Empty } from '../../ui/states';
import { Badges } from './badges';
import { ChatRow } from './chat-list';
import { groupsOf, isBlocked, isIn } from './groups';
import { matches } from './matching';
import { MergeConfirm } from './merge-dialog';

type Section = { title: string; people: Contact[] };

/** The merged buddy list: one line a person, the reachable first. */
export function PeopleList({ query }: { query: string }) {
  const contacts = useContacts();
  const conversations = useConversations();
  const route = useRoute();
  const [group, setGroup] = useState('');
  const [dropped, setDropped] = useState<{ from: string; onto: string } | null>(null);
  const groups = useMemo(() => groupsOf(contacts), [contacts]);
  // A group that is gone by now chooses nobody: everybody is shown again.
  const chosen = groups.includes(group) ? group : '';
  const sections = useMemo(() => sectionsOf(contacts, query, chosen), [contacts, query, chosen]);
  const channels = useMemo(
    () =>
      conversations
        .filter((one) => !chosen && one.kind !== 'direct' && !one.archived && matches(query, one.name))
        .sort((a, b) => a.name.localeCompare(b.name)),
    [conversations, query, chosen],
  );
  const nobody = sections.length === 0 && channels.length === 0;
  if (nobody && !chosen) {
    return query ? (
      <Empty title="Nobody fits" />
    ) : (
      <Empty title="Nobody here yet">People appear as networks name them.</Empty>
    );
  }
  const current = route.at === 'conversation' || route.at === 'person' ? route.id : null;
  return (
    <>
      {groups.length > 0 && <GroupFilter groups={groups} chosen={chosen} onChoose={setGroup} />}
      {nobody && <Empty title="Nobody fits" />}
      {sections.map((section) => (
        <section key={section.title} className="row-section" aria-label={section.title}>
          <h2>
            {section.title} <span className="section-count">{section.people.length}</span>
          </h2>
          <ul className="rows">
            {section.people.map((contact) => (
              <PersonRow
                key={contact.id}
                contact={contact}
                current={current !== null && (contact.conversationId === current || contact.id === current)}
                onDrop={(from) => setDropped({ from, onto: contact.id })}
              />
            ))}
          </ul>
        </section>
      ))}
      {channels.length > 0 && (
        <section className="row-section" aria-label="Channels">
          <h2>
            Channels <span className="section-count">{channels.length}</span>
          </h2>
          <ul className="rows">
            {channels.map((one) => (
              <ChatRow key={one.id} conversation={one} current={one.id === current} />
            ))}
          </ul>
        </section>
      )}
      {dropped && <MergeConfirm into={dropped.onto} other={dropped.from} onClose={() => setDropped(null)} />}
    </>
  );
}

/** The groups of the networks' own contact lists. */
function GroupFilter(props: { groups: string[]; chosen: string; onChoose: (group: string) => void }) {
  return (
    <select
      className="input group-filter"
      aria-label="Group"
      value={props.chosen}
      onChange={(event) => props.onChoose(event.target.value)}
    >
      <option value="">Everybody</option>
      {props.groups.map((group) => (
        <option key={group} value={group}>
          {group}
        </option>
      ))}
    </select>
  );
}

function sectionsOf(contacts: Contact[], query: string, group: string): Section[] {
  const found = contacts
    .filter((one) => !group || isIn(one, group))
    .filter((one) =>
      matches(query, one.name, [...one.buddies.map((b) => b.address), ...one.addresses.map((a) => a.value)]),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
  const free = found.filter((one) => !isBlocked(one));
  const of = (test: (state: PresenceState) => boolean) =>
    free.filter((one) => !one.favourite && test(one.presence.state));
  return [
    { title: 'Favourites', people: free.filter((one) => one.favourite) },
    { title: 'Available', people: of((state) => state === 'online') },
    { title: 'Away', people: of((state) => state === 'away' || state === 'dnd') },
    { title: 'Offline', people: of((state) => state === 'offline') },
    { title: 'Presence not known', people: of((state) => state === 'unknown') },
    { title: 'Blocked', people: found.filter(isBlocked) },
  ].filter((section) => section.people.length > 0);
}

type RowProps = { contact: Contact; current: boolean; onDrop: (from: string) => void };
const dragType = 'application/x-parley-contact';

const PersonRow = memo(function PersonRow({ contact, current, onDrop }: RowProps) {
  const [over, setOver] = useState(false);
  const conversation = useConversation(contact.conversationId ?? '');
  const unread = conversation?.unread ?? 0;
  const networks = [...new Set(contact.buddies.map((buddy) => buddy.network))];
  const extra = new Set(contact.addresses.map((address) => (address.kind === 'email' ? 'email' : 'sms')));
  const classes = ['row', 'row-person', unread > 0 ? 'row-unread' : '', over ? 'row-over' : ''].join(' ');
  return (
    <li>
      <a
        className={classes}
        href={contact.conversationId ? link.conversation(contact.conversationId) : link.person(contact.id)}
        data-roving
        aria-current={current ? 'page' : undefined}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, contact.id);
          event.dataTransfer.effectAllowed = 'link';
        }}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(dragType)) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const from = event.dataTransfer.getData(dragType);
          if (from && from !== contact.id) onDrop(from);
        }}
      >
        <PresenceDot state={contact.presence.state} quiet />
        <Avatar name={contact.name} seed={contact.id} url={pictureOf(contact)} size={24} />
        <span className="row-text row-line">
          <span className="row-name">{contact.name}</span>
          <span className="visually-hidden">{presenceText(contact.presence.state)}</span>
          {contact.presence.note && <span className="row-note">{contact.presence.note}</span>}
          <Badges networks={[...new Set([...networks, ...extra])]} />
          {unread > 0 && <span className="count">{unread}</span>}
        </span>
      </a>
    </li>
  );
});
