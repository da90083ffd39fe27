'use client';
import { memo } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { listTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { markOf, pictureOf } from '../../lib/pictures';
import { link } from '../../lib/router';
import { useContact } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { DeliveryMark } from '../../ui/delivery-mark';
import { Icon } from '../../ui/icons';
import { isSilent } from '../attention/state';
import { currentAs, type Standing } from '../shell/panes';
import { Badges } from './badges';
import { pressBeside } from './beside';
import { dragChat } from './chat-drag';
import { Count, isUnread } from './count';
import { lastWords } from './last-words';
import { type OpenMenu, pointOf } from './person-row';

type Props = {
  conversation: Conversation;
  current: Standing;
  /** Its name is not written beside its face. */
  folded: boolean;
  tabIndex: number;
  onMenu: OpenMenu;
};

export const ChatRow = memo(function ChatRow({ conversation, current, folded, tabIndex, onMenu }: Props) {
  const contact = useContact(conversation.contactId);
  const muted = isSilent(conversation);
  const classes = ['row', 'row-chat', isUnread(conversation) && !muted ? 'row-unread' : ''].join(' ');
  return (
    <a
      className={classes}
      href={link.conversation(conversation.id)}
      data-roving
      tabIndex={tabIndex}
      aria-current={currentAs(current)}
      title={folded ? conversation.name : undefined}
      onDragStart={(event) => dragChat(event, conversation.id)}
      {...pressBeside(conversation.id)}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ is: 'chat', conversation, contact }, pointOf(event));
      }}
    >
      <Avatar
        name={conversation.name}
        seed={conversation.contactId ?? conversation.id}
        url={pictureOf(contact)}
        size={36}
        presence={contact?.presence.state}
        mark={markOf(conversation)}
      />
      <span className="row-text">
        <span className="row-line">
          <span className="row-name">{conversation.name}</span>
          {contact?.presence.activity === 'call' && (
            <span className="row-call" title={t('buddies.on-a-call')}>
              <Icon name="call" size={12} />
              <span className="visually-hidden">{t('buddies.on-a-call')}</span>
            </span>
          )}
          {conversation.pinned && <Icon name="pin" size={12} />}
          {muted && <Icon name="mute" size={12} />}
          <Badges networks={networksOf(conversation, contact)} />
          <time className="row-time" dateTime={conversation.lastActiveAt}>
            {listTime(conversation.lastActiveAt)}
          </time>
        </span>
        <span className="row-line">
          <span className="row-preview">{preview(conversation)}</span>
          {isTroubled(conversation.lastMessage) && <DeliveryMark status={conversation.lastMessage.status} size={13} />}
          <Count conversation={conversation} />
        </span>
      </span>
    </a>
  );
});

type Last = NonNullable<Conversation['lastMessage']>;

/** Only what came to nothing is worth a mark in a list. */
const isTroubled = (last: Conversation['lastMessage']): last is Last & { status: 'failed' | 'unknown' } =>
  last?.status === 'failed' || last?.status === 'unknown';

function preview(conversation: Conversation) {
  const last = conversation.lastMessage;
  if (conversation.request === 'pending')
    return <em>{conversation.kind === 'direct' ? t('buddies.wants-to-write') : t('buddies.invited')}</em>;
  if (conversation.draft)
    return (
      <>
        <b className="row-draft">{t('buddies.draft')}</b> {conversation.draft}
      </>
    );
  if (!last) return <span className="row-none">{t('buddies.no-messages')}</span>;
  const text = lastWords(last);
  if (last.direction === 'out') return t('buddies.you-said', { text });
  return conversation.kind === 'direct' ? text : t('buddies.said', { name: last.senderName, text });
}

function networksOf(conversation: Conversation, contact: Contact | undefined): string[] {
  const networks = conversation.chats.map((chat) => chat.network);
  return [...new Set([...networks, ...(contact?.buddies.map((buddy) => buddy.network) ?? [])])];
}
