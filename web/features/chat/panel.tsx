'use client';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import type { Sheet as SheetRoute } from '../../lib/panes';
import { go, link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { Person } from '../buddies/person';
import { GroupPanel } from '../groups/group-panel';
import { ChatPrivacy } from '../room/chat-privacy';
import { Room } from '../room/room';
import { usePane } from '../shell/pane-context';
import { PinsPanel } from '../starred/pins-panel';
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
      <Sheet title={t('message.delivery')} closing={closing}>
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
  if (panel.is === 'pins') {
    return (
      <Sheet title={t('message.pinned-label')} closing={closing}>
        <PinsPanel conversation={conversation} />
      </Sheet>
    );
  }
  return (
    <Sheet
      title={t(contact ? 'ledger.contact' : conversation.group ? 'ledger.group' : 'ledger.about')}
      closing={closing}
    >
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
  const { focused } = usePane();
  // Of several that open at once, e.g. with the page, only one may take the focus.
  const worked = useRef(focused);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    if (worked.current) head.current?.focus();
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
        <a className="icon-button back" href={closing} aria-label={t('ledger.back')}>
          <Icon name="back" />
        </a>
        <h2 className="pane-title" ref={head} tabIndex={-1}>
          {title}
        </h2>
        <a className="icon-button panel-close" href={closing} aria-label={t('common.close')}>
          <Icon name="close" />
        </a>
      </header>
      <div className="pane-scroll">
        <div className="panel-body">{children}</div>
      </div>
    </aside>
  );
}
