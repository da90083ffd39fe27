'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { isSilent, isSnoozed } from './state';

const DueActions = lazily(() => import('./due-actions').then((found) => found.DueActions));

/** A reminder of this conversation that is due. */
export function DueBar({ conversation }: { conversation: Conversation }) {
  if (!conversation.reminder?.due) return null;
  return (
    <section className="due-bar" aria-label={t('chat.reminder')}>
      <Icon name="bell" size={14} /> <span>{t('chat.reminder')}</span>
      <DueActions about={{ is: 'conversation', conversation }} />
    </section>
  );
}

/** Beside the name: nothing of it is told. */
export function SilentMark({ conversation }: { conversation: Conversation }) {
  if (isSnoozed(conversation)) return <Mark name="clock" label={t('chat.is-snoozed')} />;
  return isSilent(conversation) ? <Mark name="mute" label={t('chat.is-muted')} /> : null;
}

const Mark = ({ name, label }: { name: 'clock' | 'mute'; label: string }) => (
  <span className="chat-lock" role="img" aria-label={label} title={label}>
    <Icon name={name} size={14} />
  </span>
);
