'use client';
import { memo, useMemo } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { listTime } from '../../lib/format';
import { markOf, pictureOf } from '../../lib/pictures';
import { link, useRoute } from '../../lib/router';
import { useAccounts, useContact, useConversations } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { DeliveryMark } from '../../ui/delivery-mark';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { Badges } from './badges';
import { matches } from './matching';

const byActivity = (a: Conversation, b: Conversation) =>
  Number(b.pinned) - Number(a.pinned) ||
  (a.lastActiveAt < b.lastActiveAt ? 1 : a.lastActiveAt > b.lastActiveAt ? -1 : 0);

export function ChatList({ query }: { query: string }) {
  const conversations = useConversations();
  const route = useRoute();
  const current = route.at === 'conversation' ? route.id : null;
  const { open, archived } = useMemo(() => {
    const found = conversations.filter((one) =>
      matches(query, one.name, [...one.chats.map((chat) => chat.name), ...one.chats.map((chat) => chat.subject ?? '')]),
    );
    found.sort(byActivity);
    return { open: found.filter((one) => !one.archived), archived: found.filter((one) => one.archived) };
  }, [conversations, query]);
  if (open.length === 0 && archived.length === 0) {
    return query ? <Empty title="No conversation fits">Ctrl K also searches what was said.</Empty> : <NoneYet />;
  }
  return (
    <>
      <ul className="rows" aria-label="Conversations">
        {open.map((one) => (
          <ChatRow key={one.id} conversation={one} current={one.id === current} />
        ))}
      </ul>
      {archived.length > 0 && (
        <details className="row-section" open={query !== ''}>
          <summary>Archived</summary>
          <ul className="rows" aria-label="Archived conversations">
            {archived.map((one) => (
              <ChatRow key={one.id} conversation={one} current={one.id === current} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Beside the list stands the same invitation; where the list is alone, it has to make it. */
function NoneYet() {
  const bare = useAccounts().length === 0;
  return (
    <Empty
      title="No conversations yet"
      action={
        bare && (
          <a className="button button-primary only-narrow" href={link.add()}>
            Add a network
          </a>
        )
      }
    >
      {bare ? 'Sign in to a network; its people and messages appear here.' : 'They appear as messages come in.'}
    </Empty>
  );
}

export const ChatRow = memo(function ChatRow({
  conversation,
  current,
}: {
  conversation: Conversation;
  current: boolean;
}) {
  const contact = useContact(conversation.contactId);
  const muted = conversation.mutedUntil !== null && Date.parse(conversation.mutedUntil) > Date.now();
  const classes = ['row', conversation.unread > 0 && !muted ? 'row-unread' : ''].join(' ');
  return (
    <li>
      <a
        className={classes}
        href={link.conversation(conversation.id)}
        data-roving
        aria-current={current ? 'page' : undefined}
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
            {conversation.pinned && <Icon name="pin" size={12} />}
            {muted && <Icon name="mute" size={12} />}
            <Badges networks={networksOf(conversation, contact)} />
            <time className="row-time" dateTime={conversation.lastActiveAt}>
              {listTime(conversation.lastActiveAt)}
            </time>
          </span>
          <span className="row-line">
            <span className="row-preview">{preview(conversation)}</span>
            {isTroubled(conversation.lastMessage) && (
              <DeliveryMark status={conversation.lastMessage.status} size={13} />
            )}
            {conversation.unread > 0 && (
              <span className={muted ? 'count count-quiet' : 'count'}>
                {conversation.unread > 999 ? '999+' : conversation.unread}
                <span className="visually-hidden"> unread</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
});

type Last = NonNullable<Conversation['lastMessage']>;

/** Only what came to nothing is worth a mark in a list. */
const isTroubled = (last: Conversation['lastMessage']): last is Last & { status: 'failed' | 'unknown' } =>
  last?.status === 'failed' || last?.status === 'unknown';

function preview(conversation: Conversation) {
  const last = conversation.lastMessage;
  if (conversation.request === 'pending')
    return <em>{conversation.kind === 'direct' ? 'Wants to write to you' : 'You are invited'}</em>;
  if (conversation.draft)
    return (
      <>
        <b className="row-draft">Draft</b> {conversation.draft}
      </>
    );
  if (!last) return <span className="row-none">No messages yet</span>;
  const who = last.direction === 'out' ? 'You: ' : conversation.kind === 'direct' ? '' : `${last.senderName}: `;
  return who + last.text;
}

function networksOf(conversation: Conversation, contact: Contact | undefined): string[] {
  const networks = conversation.chats.map((chat) => chat.network);
  return [...new Set([...networks, ...(contact?.buddies.map((buddy) => buddy.network) ?? [])])];
}
