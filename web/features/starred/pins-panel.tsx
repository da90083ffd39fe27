'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { mark } from '../chat/message-verbs';
import { usePins } from '../chat/use-pins';
import { KeptMessage } from './kept-message';

/** All pinned messages of a conversation. */
export function PinsPanel({ conversation }: { conversation: Conversation }) {
  const { items, error } = usePins(conversation);
  if (error && !items) return <Failure>{error}</Failure>;
  if (!items) return <Skeleton rows={3} />;
  if (items.length === 0) return <Empty title={t('starred.no-pins')}>{t('starred.no-pins-text')}</Empty>;
  return (
    <ul className="lines" aria-label={t('message.pinned-label')}>
      {items.map((message) => (
        <KeptMessage key={message.id} message={message}>
          <button
            type="button"
            className="icon-button"
            aria-label={t('message.unpin')}
            title={t('message.unpin')}
            onClick={() => void mark([message], { pinned: false })}
          >
            <Icon name="close" />
          </button>
        </KeptMessage>
      ))}
    </ul>
  );
}
