'use client';
import { useEffect, useState } from 'react';
import { t } from '../../lib/i18n';
import { useOnline } from '../../lib/sync/away';
import { useLink } from '../../lib/sync/hooks';
import { tryNow } from '../../lib/sync/session';
import { Icon } from '../../ui/icons';

const patienceMs = 1500;

/** Says when the page is out of step with the server; a short hiccup is not worth a word. */
export function LinkLine() {
  const now = useLink();
  const online = useOnline();
  // Why the server refuses is told in the place of the list.
  const since = now.is === 'waiting' && !now.why ? now.since : null;
  const left = () => (since === null ? Number.POSITIVE_INFINITY : since + patienceMs - Date.now());
  const [shown, setShown] = useState(() => left() <= 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` is of that moment
  useEffect(() => {
    if (since === null) return setShown(false);
    const timer = setTimeout(() => setShown(true), left());
    return () => clearTimeout(timer);
  }, [since]);
  return (
    <div role="status" className="link-line-box">
      {shown && (
        <p className="link-line">
          <Icon name="offline" />
          <span className="link-line-text">{online ? t('buddies.reconnecting') : t('buddies.you-are-offline')}</span>
          {online && (
            <button type="button" className="link-button" onClick={tryNow}>
              {t('session.try-now')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
