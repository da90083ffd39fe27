'use client';
import { t } from '../../lib/i18n';
import { useSession } from '../../lib/sync/hooks';
import { retryStart } from '../../lib/sync/session';
import { Frame } from './frame';

/** Nothing to paint from and nobody to ask. */
export function Unreachable() {
  const session = useSession();
  return (
    <Frame title={t('session.no-answer')} lead={t('session.no-answer-lead')}>
      {session.is === 'unreachable' && (
        <p className="gate-why" role="status">
          {session.why}
        </p>
      )}
      <button type="button" className="button" onClick={retryStart}>
        {t('session.try-now')}
      </button>
    </Frame>
  );
}
