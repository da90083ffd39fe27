'use client';
import { type FormEvent, useState } from 'react';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { AreaField, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { localOf } from '../compose/when';

type Props = {
  message: Message;
  onSave: (wanted: { text?: string; sendAt?: string }) => Promise<void>;
  onClose: () => void;
};

export function ScheduledForm({ message, onSave, onClose }: Props) {
  const [text, setText] = useState(message.text);
  const [at, setAt] = useState(localOf(message.sentAt));
  const action = useAction();
  const moved = at !== localOf(message.sentAt);
  const time = new Date(at);
  const wanted = {
    ...(text !== message.text && text.trim() ? { text } : {}),
    ...(moved && !Number.isNaN(time.getTime()) ? { sendAt: time.toISOString() } : {}),
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await action.run(() => onSave(wanted))) onClose();
  };
  // Formatting would be lost: what was formatted keeps its words.
  const plain = message.html === undefined;
  return (
    <Dialog title={t('later.change')} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        {plain && message.text !== '' && (
          <AreaField
            label={t('later.text')}
            rows={4}
            data-autofocus
            value={text}
            onValue={setText}
            error={action.errors.text}
          />
        )}
        <TextField
          label={t('later.send-at')}
          type="datetime-local"
          help={time.getTime() <= Date.now() ? t('later.passed') : undefined}
          value={at}
          onValue={setAt}
          error={action.errors.sendAt}
        />
        {Object.keys(action.errors).length === 0 && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={action.busy || Object.keys(wanted).length === 0}
          >
            {t('later.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
