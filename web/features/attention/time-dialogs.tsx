'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeConversation, takeMessage } from '../../lib/sync/apply';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { notify } from '../../ui/notice';
import { useAction } from '../../ui/use-action';
import { patchChat } from '../chat/patch-chat';
import { QuickTimes } from '../compose/quick-times';
import { localOf, quickTimes, whenWords } from '../compose/when';
import { closePane } from '../shell/panes';

type Props = {
  title: string;
  text: string;
  action: string;
  at: string | null;
  pick: (at: string) => Promise<unknown>;
  clear?: { label: string; run: () => Promise<unknown> };
  onClose: () => void;
};

/** A moment to come: one of those people mean, or any other. */
function TimeDialog({ title, text, action, at: before, pick, clear, onClose }: Props) {
  const [quick] = useState(() => quickTimes(Date.now()));
  const [at, setAt] = useState(localOf(before ?? quick[0]?.at ?? new Date(Date.now() + 3_600_000).toISOString()));
  const work = useAction();
  const wrong = !(new Date(at).getTime() > Date.now());
  const run = (what: () => Promise<unknown>) =>
    void work.run(async () => {
      await what();
      onClose();
    });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) run(() => pick(new Date(at).toISOString()));
        }}
      >
        <p className="muted">{text}</p>
        <fieldset className="quick-times">
          <legend>{t('attention.when')}</legend>
          <QuickTimes times={quick} at={at} first onPick={setAt} />
        </fieldset>
        <TextField
          label={t('attention.another-time')}
          type="datetime-local"
          value={at}
          onValue={setAt}
          error={wrong ? t('attention.over') : undefined}
        />
        <FormError text={work.error} />
        <div className="dialog-actions">
          {clear && (
            <button type="button" className="button" disabled={work.busy} onClick={() => run(clear.run)}>
              {clear.label}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={wrong || work.busy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function SnoozeDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id } = conversation;
  return (
    <TimeDialog
      title={t('attention.snooze-title', { name: conversation.name })}
      text={t('attention.snooze-text')}
      action={t('attention.snooze')}
      at={conversation.snoozedUntil}
      pick={async (at) => {
        await patchChat(id, { snoozedUntil: at });
        closePane(id);
        notify(t('attention.snoozed', { when: whenWords(at) }), {
          label: t('attention.undo'),
          run: () => void patchChat(id, { snoozedUntil: null }),
        });
      }}
      onClose={onClose}
    />
  );
}

export type About = { is: 'conversation'; conversation: Conversation } | { is: 'message'; message: Message };

/** null: no reminder any more. */
export async function setReminder(about: About, at: string | null): Promise<void> {
  if (about.is === 'message') {
    const params = { id: about.message.id };
    const value = at
      ? await call('remindMessage', { params, body: { at } })
      : await call('forgetMessageReminder', { params });
    takeMessage(value);
  } else {
    const params = { id: about.conversation.id };
    const value = at
      ? await call('remindConversation', { params, body: { at } })
      : await call('forgetConversationReminder', { params });
    takeConversation(value);
  }
}

export function RemindDialog({ about, onClose }: { about: About; onClose: () => void }) {
  const known = (about.is === 'message' ? about.message.reminder : about.conversation.reminder) ?? null;
  return (
    <TimeDialog
      title={about.is === 'message' ? t('attention.remind-message') : t('attention.remind-conversation')}
      text={t('attention.remind-text')}
      action={t('attention.remind')}
      at={known && !known.due ? known.at : null}
      pick={async (at) => {
        await setReminder(about, at);
        notify(t('attention.will-remind', { when: whenWords(at) }));
      }}
      clear={known ? { label: t('attention.forget'), run: () => setReminder(about, null) } : undefined}
      onClose={onClose}
    />
  );
}
