'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { saveDraft } from '../compose/drafts';
import { ScheduledForm } from './scheduled-form';
import { ScheduledLine } from './scheduled-line';
import { useScheduled } from './use-scheduled';

type Open = { is: 'change' | 'cancel'; message: Message };

/** What waits for its time, in all conversations. */
export function Scheduled() {
  const { messages, more, error, load } = useScheduled();
  const [open, setOpen] = useState<Open | null>(null);
  const action = useAction();
  const close = () => setOpen(null);
  const sendNow = (message: Message) =>
    action.run(async () => {
      await change(message, { sendAt: new Date().toISOString() });
      await load();
      notify(t('later.goes-now'));
    });
  return (
    <main className="pane" aria-label={t('later.messages')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('later.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('later.title')}</h1>
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {error && <Failure onRetry={() => void load()}>{error}</Failure>}
          {!messages && !error && <Skeleton rows={3} />}
          {messages?.length === 0 && <Empty title={t('later.none')}>{t('later.none-help')}</Empty>}
          <FormError text={action.error} />
          <ul className="lines" aria-label={t('later.messages')} hidden={!messages?.length}>
            {messages?.map((message) => (
              <ScheduledLine
                key={message.id}
                message={message}
                busy={action.busy}
                onSendNow={() => void sendNow(message)}
                onChange={() => setOpen({ is: 'change', message })}
                onCancel={() => setOpen({ is: 'cancel', message })}
              />
            ))}
          </ul>
          {more && <p className="muted">{t('later.more')}</p>}
        </div>
      </div>
      {open?.is === 'change' && (
        <ScheduledForm
          message={open.message}
          onSave={async (wanted) => {
            await change(open.message, wanted);
            await load();
          }}
          onClose={close}
        />
      )}
      {open?.is === 'cancel' && (
        <Confirm
          title={t('later.not-it')}
          action={t('later.do-not-send')}
          danger
          work={async () => {
            await call('deleteMessage', { params: { id: open.message.id } });
            saveDraft(open.message.conversationId, open.message.text);
            await load();
            notify(t('later.not-sent'));
          }}
          onClose={close}
        >
          <p>{t('later.goes-back')}</p>
        </Confirm>
      )}
    </main>
  );
}

const change = (message: Message, body: { text?: string; sendAt?: string }) =>
  call('editMessage', { params: { id: message.id }, body });
