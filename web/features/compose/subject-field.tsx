'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';

type Props = { conversation: Conversation; subject: string; onSubject: (subject: string) => void };

/** Of a mail; without one it goes on with that of the last. */
export function SubjectField({ conversation, subject, onSubject }: Props) {
  const last = conversation.chats.findLast((chat) => chat.subject)?.subject;
  return (
    <input
      className="subject"
      aria-label={t('compose.subject-label')}
      placeholder={last ? t('compose.subject-goes-on', { subject: last }) : t('compose.subject')}
      value={subject}
      maxLength={300}
      onChange={(event) => onSubject(event.target.value)}
    />
  );
}
