'use client';
import { memo, type ReactNode, useState } from 'react';
import type { Buddy, Contact, Conversation } from '../../lib/api/types';
import { clockIn, span } from '../../lib/format';
import { t } from '../../lib/i18n';
import { pictureOf } from '../../lib/pictures';
import { link } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { PresenceDot, presenceText } from '../../ui/presence-dot';
import { currentAs, type Standing } from '../shell/panes';
import { idleFor, otherZone } from './about';
import { Badges } from './badges';
import { pressBeside } from './beside';
import { dragChat } from './chat-drag';
import { Count, isUnread } from './count';
import { beginDrag, draggedOf, isPerson } from './dragging';
import { dropped } from './merging';
import { networksOf } from './sections';

export type RowMenuTarget =
  | { is: 'person'; contact: Contact }
  | { is: 'buddy'; contact: Contact; buddy: Buddy }
  | { is: 'chat'; conversation: Conversation; contact: Contact | undefined };
export type OpenMenu = (target: RowMenuTarget, at: { x: number; y: number }) => void;

type PersonProps = {
  contact: Contact;
  open: boolean;
  current: Standing;
  folded: boolean;
  now: number;
  tabIndex: number;
  onOpen: (contactId: string) => void;
  onMenu: OpenMenu;
};

/** One person, however many networks they are on. */
export const PersonRow = memo(function PersonRow(props: PersonProps) {
  const { contact, open, current, folded, now, tabIndex, onOpen, onMenu } = props;
  const [over, setOver] = useState(false);
  const conversation = useConversation(contact.conversationId ?? '');
  const classes = [
    'row',
    'row-person',
    conversation && isUnread(conversation) ? 'row-unread' : '',
    over ? 'row-over' : '',
  ].join(' ');
  return (
    <>
      <a
        className={classes}
        href={link.contact(contact)}
        data-roving
        tabIndex={tabIndex}
        aria-current={currentAs(current)}
        title={folded ? contact.name : undefined}
        {...pressBeside(contact.conversationId)}
        aria-keyshortcuts={contact.buddies.length > 1 ? 'ArrowRight' : undefined}
        draggable
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu({ is: 'person', contact }, pointOf(event));
        }}
        onDragStart={(event) => {
          beginDrag(event, { contactId: contact.id, buddyId: null });
          if (contact.conversationId) dragChat(event, contact.conversationId);
        }}
        onDragOver={(event) => {
          if (!isPerson(event)) return;
          event.preventDefault();
          event.stopPropagation();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          const found = draggedOf(event);
          if (found) void dropped(found, contact.id);
        }}
      >
        <PresenceDot state={contact.presence.state} quiet />
        <Avatar name={contact.name} seed={contact.id} url={pictureOf(contact)} size={28} />
        <span className="row-text">
          <span className="row-line">
            <span className="row-name">{contact.name}</span>
            <span className="visually-hidden">{presenceText(contact.presence.state)}</span>
            <Badges networks={networksOf(contact)} />
            <Count conversation={conversation} />
          </span>
          <About contact={contact} conversation={conversation} now={now} />
        </span>
      </a>
      {contact.buddies.length > 1 && (
        <button
          type="button"
          className="row-open"
          tabIndex={-1}
          aria-expanded={open}
          aria-label={t('buddies.networks-of', { name: contact.name })}
          title={t('buddies.networks-of', { name: contact.name })}
          onClick={() => onOpen(contact.id)}
        >
          <Icon name={open ? 'down' : 'next'} size={12} />
        </button>
      )}
    </>
  );
});

/** A second line, where there is more to say than the name. */
function About({ contact, conversation, now }: { contact: Contact; conversation?: Conversation; now: number }) {
  if (conversation?.draft)
    return (
      <span className="row-about">
        <b className="row-draft">{t('buddies.draft')}</b> {conversation.draft}
      </span>
    );
  const facts = factsOf(contact, now);
  if (facts.length === 0) return null;
  return (
    <span className="row-about">
      {facts.map(({ key, words }, index) => (
        <span key={key} className={`row-${key}`}>
          {index > 0 && <span className="row-dot"> · </span>}
          {words}
        </span>
      ))}
    </span>
  );
}

type Fact = { key: 'call' | 'idle' | 'there' | 'note'; words: ReactNode };

/** What somebody is doing, how long they have done nothing, what time it is there, and what they say of it. */
export function factsOf(contact: Contact, now: number): Fact[] {
  const { presence } = contact;
  const idle = idleFor(presence, now);
  const zone = otherZone(contact, now);
  const facts: (Fact | null)[] = [
    presence.activity === 'call'
      ? {
          key: 'call',
          words: (
            <>
              <Icon name="call" size={12} /> {t('buddies.on-a-call')}
            </>
          ),
        }
      : null,
    idle === undefined ? null : { key: 'idle', words: t('buddies.idle', { time: span(idle) }) },
    zone === undefined ? null : { key: 'there', words: t('buddies.local-time', { time: clockIn(zone, now) }) },
    presence.note ? { key: 'note', words: presence.note } : null,
  ];
  return facts.filter((fact) => fact !== null);
}

type BuddyProps = { contact: Contact; buddy: Buddy; tabIndex: number; onMenu: OpenMenu };

/** One remote identity of a person whose networks are shown; it can be dragged out, or onto somebody else. */
export const BuddyRow = memo(function BuddyRow({ contact, buddy, tabIndex, onMenu }: BuddyProps) {
  return (
    <a
      className="row row-buddy"
      href={link.about(contact)}
      data-roving
      tabIndex={tabIndex}
      draggable
      onDragStart={(event) => beginDrag(event, { contactId: contact.id, buddyId: buddy.id })}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ is: 'buddy', contact, buddy }, pointOf(event));
      }}
    >
      <NetworkGlyph network={buddy.network} quiet />
      <span className="visually-hidden">{networkName(buddy.network)} </span>
      <span className="row-address">{buddy.address}</span>
      {buddy.presence.note && <span className="row-note">{buddy.presence.note}</span>}
      <PresenceDot state={buddy.presence.state} />
    </a>
  );
});

/** Where a menu opens: at the pointer, or below the row where it was asked for by a key. */
export function pointOf({ clientX, clientY, currentTarget }: React.MouseEvent): { x: number; y: number } {
  if (clientX || clientY) return { x: clientX, y: clientY };
  const { left, bottom } = currentTarget.getBoundingClientRect();
  return { x: left + 24, y: bottom };
}
