'use client';
import { call } from '../../lib/api/client';
import type { Quarantined } from '../../lib/api/types';
import { ago, fullTime, sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { FormError } from '../../ui/form-error';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { useAction } from '../../ui/use-action';

type Props = { item: Quarantined; onChange: () => Promise<void>; onDiscard: () => void };

/** What happened, where, why, and how it begins; and what can be done about it. */
export function QuarantinedLine({ item, onChange, onDiscard }: Props) {
  const { id, direction, network, conversationId, conversationName, reason, detail, excerpt, canRetry, at } = item;
  const action = useAction();
  const name = conversationName ?? networkName(network);
  const retry = () =>
    action.run(async () => {
      await call('retryQuarantined', { params: { id } });
      notify(t(direction === 'in' ? 'quarantine.stored' : 'quarantine.sent-again'));
      await onChange();
    });
  return (
    <li className="line quarantined">
      <div className="line-text">
        <p className="line-main">
          <NetworkGlyph network={network} quiet />
          {conversationId ? <a href={link.conversation(conversationId)}>{name}</a> : name}
          <time className="quarantined-at" dateTime={at} title={fullTime(at)}>
            {ago(at, Date.now())}
          </time>
        </p>
        <p className="line-sub">
          {t(`quarantine.${direction}`)} {t(`quarantine.${reason}`)}
        </p>
        <details className="line-sub">
          <summary>{t('quarantine.details')}</summary>
          <p>{sentence(detail)}</p>
          {excerpt && <pre className="quarantined-excerpt">{excerpt}</pre>}
        </details>
        <FormError text={action.error} />
        {!canRetry && <p className="line-sub">{t('quarantine.cut')}</p>}
      </div>
      <div className="quarantined-actions">
        {canRetry && (
          <button
            type="button"
            className="button button-small"
            aria-label={t('quarantine.retry-of', { name })}
            disabled={action.busy}
            onClick={() => void retry()}
          >
            {t('quarantine.retry')}
          </button>
        )}
        <button
          type="button"
          className="button button-small"
          aria-label={t('quarantine.discard-of', { name })}
          onClick={onDiscard}
        >
          {t('quarantine.discard')}
        </button>
      </div>
    </li>
  );
}
