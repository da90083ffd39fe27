'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Conversation, ListedReminder } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { onAlerts } from '../../lib/sync/alerts';
import { useConversations } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Page } from '../../ui/page';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { whenWords } from '../compose/when';
import { KeptMessage } from '../starred/kept-message';
import { DueActions } from './due-actions';

/** What the user wants to be reminded of: what is due first, then what waits. */
export function Reminders() {
  const [items, setItems] = useState<ListedReminder[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const conversations = new Map(useConversations().map((one) => [one.id, one]));
  const load = useCallback(async () => {
    try {
      setItems((await call('listReminders', { query: { limit: 200 } })).items);
      setError(null);
    } catch (cause) {
      setError(messageOf(cause));
    }
  }, []);
  useEffect(() => void load(), [load]);
  useEffect(() => onAlerts((alerts) => alerts.some(({ is }) => is === 'reminder') && void load()), [load]);
  return (
    <Page title={t('attention.reminders')} busy={!items && !error}>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!items && !error && <Skeleton rows={3} />}
      {items?.length === 0 && <Empty title={t('attention.no-reminders')}>{t('attention.no-reminders-text')}</Empty>}
      <ul className="lines" aria-label={t('attention.reminders')} hidden={!items?.length}>
        {items?.map((reminder) => (
          <Line
            key={reminder.message?.id ?? reminder.conversationId}
            reminder={reminder}
            conversation={conversations.get(reminder.conversationId)}
            onDone={() => void load()}
          />
        ))}
      </ul>
    </Page>
  );
}

type LineProps = { reminder: ListedReminder; conversation: Conversation | undefined; onDone: () => void };

function Line({ reminder: { conversationId, message, at, due }, conversation, onDone }: LineProps) {
  const about = message
    ? ({ is: 'message', message } as const)
    : conversation && ({ is: 'conversation', conversation } as const);
  const rest = (
    <span className="reminder-rest">
      <span className={due ? 'reminder-when reminder-due' : 'reminder-when'}>
        <Icon name="bell" size={12} /> {due ? t('attention.due', { when: whenWords(at) }) : whenWords(at)}
      </span>
      {about && <DueActions about={about} onDone={onDone} />}
    </span>
  );
  if (message)
    return (
      <KeptMessage message={message} place={conversation?.name}>
        {rest}
      </KeptMessage>
    );
  return (
    <li className="line kept">
      <a className="kept-text" href={link.conversation(conversationId)}>
        <bdi className="kept-name">{conversation?.name ?? t('attention.conversation')}</bdi>
      </a>
      {rest}
    </li>
  );
}
