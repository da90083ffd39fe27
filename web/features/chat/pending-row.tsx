'use client';
import { clock } from '../../lib/format';
import { t } from '../../lib/i18n';
import { discardPending, type Pending, retryPending } from '../../lib/sync/outbox';
import { DeliveryMark } from '../../ui/delivery-mark';
import { Attachments } from './attachments';
import { PlainText } from './plain-text';

type Props = { item: Pending; first: boolean; onReturn: (item: Pending) => void };

/** A message the server does not have yet. */
export function PendingRow({ item, first, onReturn }: Props) {
  const failed = item.state === 'failed';
  return (
    <article
      className={`message message-own message-pending${first ? ' message-first' : ''}`}
      data-roving
      tabIndex={-1}
      aria-label={t('timeline.pending-label', { text: item.body.text.slice(0, 300) })}
    >
      <span className="message-gutter" />
      <div className="message-main">
        {first && (
          <p className="message-head">
            <span className="message-name">{t('timeline.you')}</span>
            <time className="message-time">{clock(item.createdAt)}</time>
          </p>
        )}
        <div className="message-body">
          {item.body.text && (
            <p className="message-text" dir="auto">
              <PlainText text={item.body.text} />
            </p>
          )}
          <Attachments items={item.attachments} />
        </div>
        {item.state !== 'sending' && (
          <p className="deliveries">
            <span className={failed ? 'delivered delivered-failed' : 'delivered'}>
              {failed ? t('timeline.not-sent', { why: item.why ?? t('timeline.refused') }) : t('timeline.waits')}
            </span>
            <span className="delivered-next">
              {failed && (
                <button type="button" className="link-button" onClick={() => retryPending(item.key)}>
                  {t('common.try-again')}
                </button>
              )}
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  const back = discardPending(item.key);
                  if (back) onReturn(back);
                }}
              >
                {t('timeline.edit')}
              </button>
              <button type="button" className="link-button" onClick={() => discardPending(item.key)}>
                {t('timeline.discard')}
              </button>
            </span>
          </p>
        )}
      </div>
      <span className="message-meta">
        <DeliveryMark status={failed ? 'failed' : item.state === 'waiting' ? 'queued' : 'sending'} />
      </span>
    </article>
  );
}
