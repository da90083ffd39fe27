'use client';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useUser } from '../../lib/sync/hooks';
import { enqueue } from '../../lib/sync/outbox';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { noExtras, undoOf } from '../compose/extras';
import { useGrowing } from '../compose/use-box';

type Props = {
  conversation: Conversation;
  /** The last of the thread: an answer to it stays in the thread, on its network. */
  answers: Message;
  /** That is what the thread begins with: there is none before this is sent. */
  begins: boolean;
};

/** Words for the thread; they wait for the connection like all others. */
export function ThreadForm({ conversation, answers, begins }: Props) {
  const user = useUser();
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  useGrowing(box, text);
  const send = () => {
    if (!text.trim()) return;
    const body = {
      text,
      replyTo: answers.id,
      ...(begins ? { inThread: true } : {}),
      attachments: [],
      ...(conversation.group ? {} : { via: answers.accountId }),
      ...undoOf(user, noExtras, conversation, []),
    };
    if (enqueue(conversation.id, body, [])) setText('');
    else notify(t('thread.full'));
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="thread-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        className="thread-box"
        rows={1}
        dir="auto"
        aria-label={t('thread.answer')}
        placeholder={t('thread.answer')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="icon-button" aria-label={t('thread.send')} disabled={!text.trim()}>
        <Icon name="send" />
      </button>
    </form>
  );
}
