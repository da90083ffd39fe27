'use client';
import { useEffect, useMemo, useRef } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useVersion } from '../../lib/sync/hooks';
import { pendingOf } from '../../lib/sync/outbox';
import { store } from '../../lib/sync/store';
import { loadThread, openThread, threadTopic } from '../../lib/sync/threads';
import { moveFocus } from '../../ui/roving';
import { Failure, Skeleton } from '../../ui/states';
import { arrange } from './arrange';
import { showMessage } from './jump';
import { capabilitiesOf } from './message-verbs';
import { unseen } from './pending';
import { PendingRow } from './pending-row';
import { ThreadForm } from './thread-form';
import { TimelineRows } from './timeline-rows';
import { useMessage } from './use-message';

type Props = { conversation: Conversation; contact: Contact | undefined; rootId: string };

const none: Message[] = [];
const nothing = new Map<string, number>();
const noop = () => {};

/** What began a thread, what was answered in it, and a place to answer. */
export function ThreadPanel({ conversation, contact, rootId }: Props) {
  const version = useVersion(threadTopic(rootId));
  useVersion(`t:${conversation.id}`);
  useEffect(() => openThread(rootId), [rootId]);
  const root = useMessage(conversation.id, rootId);
  const thread = store.threads.get(rootId);
  const items = thread?.items ?? none;
  const direct = conversation.kind === 'direct';
  const begun = useMemo(() => (root ? arrange([root], direct, null) : []), [root, direct]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  const rows = useMemo(
    () =>
      arrange(
        items.map((item) => said(item, rootId)),
        direct,
        null,
      ),
    [version, direct, rootId],
  );
  const last = items.at(-1) ?? root;
  const begins = root !== undefined && capabilitiesOf(conversation, root)?.send.threads === 'full';
  const isHere = (id: string | undefined) => id !== undefined && (id === rootId || (thread?.has(id) ?? false));
  const pending = unseen(
    pendingOf(conversation.id).filter((one) => isHere(one.body.replyTo)),
    items,
  );
  // The newest stays in view, as it comes.
  const box = useRef<HTMLDivElement>(null);
  const end = pending.at(-1)?.key ?? items.at(-1)?.id;
  useEffect(() => {
    if (end) box.current?.lastElementChild?.scrollIntoView({ block: 'end' });
  }, [end]);
  const shown = { conversation, contact, several: false, threads: nothing, onReply: noop, onJump: showMessage };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the messages have the keyboard
    <div className="thread" ref={box} onKeyDown={(event) => isRow(event.target) && moveFocus(event, box.current)}>
      {root ? <TimelineRows rows={begun} {...shown} /> : <p className="thread-word">{t('thread.unknown')}</p>}
      <section aria-label={t('thread.replies')} className="thread-replies">
        {thread?.error && <Failure onRetry={() => void loadThread(rootId)}>{thread.error}</Failure>}
        {thread?.more && items.length > 0 && !thread.error && (
          <button type="button" className="link-button" onClick={() => void loadThread(rootId)}>
            {t('thread.earlier')}
          </button>
        )}
        {!thread?.fresh && !thread?.error && <Skeleton rows={3} />}
        {thread?.fresh && items.length === 0 && <p className="thread-word">{t('thread.none')}</p>}
        <TimelineRows rows={rows} {...shown} />
        {pending.map((item) => (
          <PendingRow key={item.key} item={item} first onReturn={noop} />
        ))}
      </section>
      {last && <ThreadForm conversation={conversation} answers={last} begins={last === root && begins} />}
    </div>
  );
}

/** That it is in this thread, and answers what began it, need not be said here. */
const said = (item: Message, rootId: string): Message => ({
  ...item,
  thread: undefined,
  replyTo: item.replyTo === rootId ? undefined : item.replyTo,
});

const isRow = (target: EventTarget): boolean => target instanceof HTMLElement && target.dataset.roving !== undefined;
