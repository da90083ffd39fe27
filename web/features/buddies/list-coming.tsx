'use client';
import { t } from '../../lib/i18n';
import { useLink } from '../../lib/sync/hooks';
import { tryNow } from '../../lib/sync/session';
import { Empty, Skeleton } from '../../ui/states';

/** In the place of the list until the server has said for the first time what is in it. */
export function ListComing() {
  const link = useLink();
  if (link.is !== 'waiting' || !link.why) return <Skeleton rows={7} />;
  return (
    <div role="alert">
      <Empty
        title={t('buddies.not-loaded')}
        action={
          <button type="button" className="button" onClick={tryNow}>
            {t('session.try-now')}
          </button>
        }
      >
        {t('buddies.tries-again', { why: link.why })}
      </Empty>
    </div>
  );
}
