'use client';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link, type Sheet as SheetRoute } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { Person } from '../buddies/person';
import { GroupPanel } from '../groups/group-panel';
import { ChatPrivacy } from '../room/chat-privacy';
import { Room } from '../room/room';
import { Ledger } from './ledger';
import { ThreadPanel } from './thread-panel';

type Props = {
  conversation: Conversation;
  contact: Contact | undefined;
  panel: SheetRoute;
};

/** The sheet beside the conversation; on a phone it is the whole page. */
export function Panel({ conversation, contact, panel }: Props) {
  const closing = link.conversation(conversation.id);
  if (panel.is === 'ledger') {
    return (
      <Sheet title="Delivery" closing={closing}>
        <Ledger key={panel.messageId} conversationId={conversation.id} messageId={panel.messageId} />
      </Sheet>
    );
  }
  if (panel.is === 'thread') {
    return (
      <Sheet title={t('thread.title')} closing={closing}>
        <ThreadPanel key={panel.messageId} conversation={conversation} contact={contact} rootId={panel.messageId} />
      </Sheet>
    );
  }
  return (
    <Sheet title={contact ? 'Contact' : conversation.group ? 'Group' : 'About'} closing={closing}>
      {conversation.group ? (
        <GroupPanel conversation={conversation} />
      ) : contact ? (
        <Person contact={contact}>
          <ChatPrivacy conversation={conversation} />
        </Person>
      ) : (
        <Room conversation={conversation} />
      )}
    </Sheet>
  );
}

function Sheet({ title, closing, children }: { title: string; closing: string; children: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    head.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      className="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && !(event.target instanceof HTMLInputElement))
          go(closing);
      }}
    >
      <header className="pane-head">
        <a className="icon-button back" href={closing} aria-label="Back to the conversation">
          <Icon name="back" />
        </a>
        <h2 className="pane-title" ref={head} tabIndex={-1}>
          {title}
        </h2>
        <a className="icon-button panel-close" href={closing} aria-label="Close">
          <Icon name="close" />
        </a>
      </header>
      <div className="pane-scroll">
        <div className="panel-body">{children}</div>
      </div>
    </aside>
  );
}
