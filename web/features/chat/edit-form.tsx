'use client';
import { type KeyboardEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeMessage } from '../../lib/sync/apply';
import { useAction } from '../../ui/use-action';
import { markdownOf } from './markdown-of';

export function EditForm({ message, onDone }: { message: Message; onDone: () => void }) {
  const [written] = useState(() => markdownOf(message));
  const [text, setText] = useState(written);
  const action = useAction();
  // What was written with marks is read with marks again.
  const format = message.html === undefined ? ('plain' as const) : ('markdown' as const);
  const save = async () => {
    if (!text.trim() || text === written) return onDone();
    const done = await action.run(async () => {
      const value = await call('editMessage', { params: { id: message.id }, body: { text, format } });
      takeMessage(value);
    });
    if (done) onDone();
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void save();
    } else if (event.key === 'Escape') {
      onDone();
    }
  };
  return (
    <form
      className="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        className="input"
        aria-label={t('message.edit-label')}
        rows={Math.min(8, text.split('\n').length + 1)}
        // biome-ignore lint/a11y/noAutofocus: the person just asked to edit
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
      />
      {action.error && (
        <p className="field-error" role="alert">
          {action.error}
        </p>
      )}
      <div className="edit-actions">
        <button type="submit" className="button button-primary" disabled={action.busy}>
          {t('message.save')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('common.cancel')}
        </button>
      </div>
    </form>
  );
}
