'use client';
import { memo } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { markOf, pictureOf } from '../../lib/pictures';
import { link } from '../../lib/router';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { inOrder, NetworkGlyph, networkName } from '../../ui/network-glyph';
import { presenceText } from '../../ui/presence-dot';
import { SilentMark } from '../attention/due-bar';
import { dragChat } from '../buddies/chat-drag';
import { ClosePane } from '../shell/close-pane';
import { ChatMenu } from './chat-menu';
import { isSteady } from './steady';

type Props = { conversation: Conversation; contact: Contact | undefined; panelOpen: boolean };

export const ChatHead = memo(
  DrawnHead,
  (a, b) => isSteady(a.conversation, b.conversation) && a.contact === b.contact && a.panelOpen === b.panelOpen,
);

function DrawnHead({ conversation, contact, panelOpen }: Props) {
  const room = conversation.kind !== 'direct';
  const networks = inOrder(conversation.chats.map((chat) => chat.network));
  const here = link.conversation(conversation.id);
  return (
    <div className="pane-head chat-head">
      <a className="icon-button back" href={link.home} aria-label={t('chat.back')}>
        <Icon name="back" />
      </a>
      <a
        className="chat-who"
        href={panelOpen ? here : link.conversationPerson(conversation.id)}
        onDragStart={(event) => dragChat(event, conversation.id)}
      >
        <Avatar
          name={conversation.name}
          seed={conversation.contactId ?? conversation.id}
          url={pictureOf(contact)}
          size={36}
          presence={contact?.presence.state}
          mark={markOf(conversation)}
        />
        <span className="chat-who-text">
          <h1 className="chat-name">
            <bdi>{conversation.name}</bdi>
            <Lock conversation={conversation} />
            <SilentMark conversation={conversation} />
          </h1>
          <span className="chat-about">{aboutOf(conversation, contact)}</span>
        </span>
      </a>
      <span className="chat-networks">
        {networks.map((network) => (
          <NetworkGlyph key={network} network={network} size={16} />
        ))}
      </span>
      <a
        className="icon-button"
        href={panelOpen ? here : link.conversationPerson(conversation.id)}
        aria-label={room ? t('chat.about-conversation') : t('chat.about-person')}
        title={room ? t('chat.about-conversation') : t('chat.about-person')}
        aria-current={panelOpen ? 'page' : undefined}
      >
        <Icon name={room ? 'people' : 'person'} />
      </a>
      <ChatMenu conversation={conversation} />
      <ClosePane id={conversation.id} />
    </div>
  );
}

/** One closed lock where every chat is end-to-end encrypted. */
function Lock({ conversation: { chats } }: { conversation: Conversation }) {
  if (chats.length === 0 || !chats.every((chat) => chat.encrypted)) return null;
  return (
    <span className="chat-lock" role="img" aria-label={t('chat.encrypted')} title={t('chat.encrypted')}>
      <Icon name="lock" size={14} />
    </span>
  );
}

function aboutOf(conversation: Conversation, contact: Contact | undefined): string {
  if (conversation.group) return namesOf(conversation.group.members.map((one) => one.name));
  if (conversation.kind !== 'direct') {
    const count = conversation.chats.find((chat) => chat.memberCount !== undefined)?.memberCount;
    const topic = conversation.chats.find((chat) => chat.topic)?.topic;
    const networks = inOrder(conversation.chats.map((chat) => chat.network)).map(networkName);
    return [count ? t('chat.members', { count }) : null, topic ?? networks.join(', ')].filter(Boolean).join(' · ');
  }
  if (!contact) return conversation.chats.map((chat) => chat.name).join(', ');
  const { state, note } = contact.presence;
  if (state === 'unknown') return contact.buddies[0]?.address ?? contact.addresses[0]?.value ?? presenceText('unknown');
  return note ? t('chat.presence-note', { presence: presenceText(state), note }) : presenceText(state);
}

/** As many as a line holds; it ends where there is no more room. */
const namesOf = (names: string[]): string =>
  names.length > 6
    ? t('chat.names-more', { names: names.slice(0, 5).join(', '), count: names.length - 5 })
    : names.join(', ');
