'use client';
import { t } from '../../lib/i18n';
import { useConversations } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Page } from '../../ui/page';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { mark } from '../chat/message-verbs';
import { KeptMessage } from './kept-message';
import { useStarred } from './use-starred';

/** Starred messages of all conversations, the one starred last first. */
export function Starred() {
  const { messages, more, error, loading, load } = useStarred();
  const names = new Map(useConversations().map((one) => [one.id, one.name]));
  return (
    <Page title={t('starred.title')} busy={loading}>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!messages && !error && <Skeleton rows={3} />}
      {messages?.length === 0 && <Empty title={t('starred.empty')}>{t('starred.empty-text')}</Empty>}
      <ul className="lines" aria-label={t('starred.title')} hidden={!messages?.length}>
        {messages?.map((message) => (
          <KeptMessage key={message.id} message={message} place={names.get(message.conversationId)}>
            <button
              type="button"
              className="icon-button"
              aria-label={t('message.unstar')}
              title={t('message.unstar')}
              onClick={() => void mark([message], { starred: false })}
            >
              <Icon name="star" filled />
            </button>
          </KeptMessage>
        ))}
      </ul>
      {more && (
        <button type="button" className="button" disabled={loading} onClick={() => void load('more')}>
          {t('starred.more')}
        </button>
      )}
    </Page>
  );
}
