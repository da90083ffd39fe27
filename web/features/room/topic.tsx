'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Chat } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeConversation } from '../../lib/sync/apply';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { useAction } from '../../ui/use-action';
import { PlainText } from '../chat/plain-text';

type Props = { conversationId: string; chat: Chat; online: boolean };

/** What the room is about, as everybody in it sees it. */
export function Topic({ conversationId, chat, online }: Props) {
  const [editing, setEditing] = useState(false);
  const can = chat.capabilities?.topic && chat.joined;
  if (!chat.topic && !can) return null;
  return (
    <section className="section" aria-label={t('room.topic')}>
      <h3>{t('room.topic')}</h3>
      {editing ? (
        <TopicForm conversationId={conversationId} topic={chat.topic ?? ''} onDone={() => setEditing(false)} />
      ) : (
        <div className="topic">
          <p className={chat.topic ? 'topic-text' : 'topic-text muted'} dir="auto">
            {chat.topic ? <PlainText text={chat.topic} /> : t('room.no-topic')}
          </p>
          {can && (
            <button
              type="button"
              className="icon-button"
              aria-label={t('room.edit-topic')}
              title={online ? t('room.edit-topic') : t('room.not-connected')}
              disabled={!online}
              onClick={() => setEditing(true)}
            >
              <Icon name="edit" />
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function TopicForm({ conversationId, topic, onDone }: { conversationId: string; topic: string; onDone: () => void }) {
  const [text, setText] = useState(topic);
  const action = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const done = await action.run(async () => {
      const body = { topic: text.trim() };
      const value = await call('patchConversation', { params: { id: conversationId }, body });
      takeConversation(value);
    });
    if (done) onDone();
  };
  return (
    <form className="form" onSubmit={save} noValidate>
      <textarea
        className="input"
        aria-label={t('room.topic')}
        rows={3}
        maxLength={1000}
        // biome-ignore lint/a11y/noAutofocus: the person just asked to edit
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value.replace(/\n/g, ' '))}
      />
      <FormError text={action.errors.topic ?? action.error} />
      <div className="edit-actions">
        <button type="submit" className="button button-primary" disabled={action.busy}>
          {t('room.save')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('common.cancel')}
        </button>
      </div>
    </form>
  );
}
