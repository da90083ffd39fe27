'use client';
import { useCallback, useEffect, useState } from 'react';
import { messageOf } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import type { Sheet } from '../../lib/panes';
import { link } from '../../lib/router';
import { useContact, useConversation, useLoaded } from '../../lib/sync/hooks';
import { ensureConversation } from '../../lib/sync/load';
import type { Pending } from '../../lib/sync/outbox';
import { Icon } from '../../ui/icons';
import { Empty, Failure } from '../../ui/states';
import { DueBar } from '../attention/due-bar';
import { useRead } from '../attention/use-read';
import { LinkLine } from '../buddies/link-line';
import { Composer } from '../compose/composer';
import { ClosePane } from '../shell/close-pane';
import { Panel } from '../shell/lazy';
import { PaneMain } from '../shell/pane-main';
import { ChatHead } from './chat-head';
import { MessageCommands } from './message-commands';
import { PinnedBar } from './pinned-bar';
import { LeftBar, RequestBar } from './request-bar';
import { SelectionBar } from './selection-bar';
import { Ghosts } from './timeline-top';
import { TimelineView } from './timeline-view';
import { TypingLine } from './typing-line';

type Props = { id: string; panel: Sheet | null };

/** One conversation: all its chats as one timeline, whatever networks they are on. */
export function ConversationView({ id, panel }: Props) {
  const conversation = useConversation(id);
  const contact = useContact(conversation?.contactId ?? null);
  useRead(conversation);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [returned, setReturned] = useState<Pending | null>(null);
  const [sent, setSent] = useState(0);
  const onTaken = useCallback(() => setReturned(null), []);
  const onReply = useCallback((message: Message) => setReplyTo(message), []);
  const onReplyDone = useCallback(() => setReplyTo(null), []);
  const onSent = useCallback(() => setSent((now) => now + 1), []);
  if (!conversation) return <Absent id={id} />;
  const left =
    conversation.kind !== 'direct' && !conversation.group && conversation.chats.every((chat) => !chat.joined);
  return (
    <>
      <PaneMain
        className="pane chat"
        aria-label={conversation.name}
        data-background={conversation.scene?.background}
        data-density={conversation.scene?.density}
        data-tools={conversation.scene?.tools}
      >
        <ChatHead conversation={conversation} contact={contact} panelOpen={panel?.is === 'person'} />
        <div className="chat-link">
          <LinkLine />
        </div>
        <DueBar conversation={conversation} />
        <PinnedBar conversation={conversation} />
        <TimelineView
          conversation={conversation}
          contact={contact}
          sent={sent}
          onReply={onReply}
          onReturn={setReturned}
        />
        <TypingLine conversationId={id} />
        <MessageCommands conversation={conversation} onReply={onReply} />
        <SelectionBar conversation={conversation} />
        {conversation.request !== 'none' ? (
          <RequestBar conversation={conversation} />
        ) : left ? (
          <LeftBar conversation={conversation} />
        ) : (
          <Composer
            conversation={conversation}
            contact={contact}
            replyTo={replyTo}
            onReplyDone={onReplyDone}
            onSent={onSent}
            returned={returned}
            onTaken={onTaken}
          />
        )}
      </PaneMain>
      {panel && <Panel conversation={conversation} contact={contact} panel={panel} />}
    </>
  );
}

/** Asks the server for a conversation the lists did not bring. */
function Absent({ id }: { id: string }) {
  const loaded = useLoaded();
  const [state, setState] = useState<'asking' | 'missing' | { why: string }>('asking');
  const ask = useCallback(() => {
    setState('asking');
    ensureConversation(id)
      .then((found) => found === 'missing' && setState('missing'))
      .catch((error: unknown) => setState({ why: messageOf(error) }));
  }, [id]);
  useEffect(() => {
    if (loaded) ask();
  }, [loaded, ask]);
  return (
    <PaneMain className="pane" aria-label={t('timeline.conversation')} aria-busy={state === 'asking'}>
      <div className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('timeline.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('timeline.conversation')}</h1>
        <ClosePane id={id} />
      </div>
      <div className="pane-scroll">
        {state === 'missing' && (
          <Empty
            title={t('timeline.gone-title')}
            action={
              <a className="button" href={link.home}>
                {t('timeline.back')}
              </a>
            }
          >
            {t('timeline.gone')}
          </Empty>
        )}
        {state === 'asking' && <Ghosts />}
        {typeof state === 'object' && (
          <div className="page-column">
            <Failure onRetry={ask}>{state.why}</Failure>
          </div>
        )}
      </div>
    </PaneMain>
  );
}
