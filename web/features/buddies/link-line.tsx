'use client';
import { useEffect, useState } from 'react';
import { t } from '../../lib/i18n';
import { useLink } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';

const patienceMs = 1500;

/** Says when the page is out of step with the server; a short hiccup is not worth a word. */
export function LinkLine() {
  const now = useLink();
  const [shown, setShown] = useState(false);
  const waiting = now.is === 'waiting';
  useEffect(() => {
    if (!waiting) return setShown(false);
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [waiting]);
  return (
    <div role="status" className="link-line-box">
      {shown && (
        <p className="link-line">
          <Icon name="offline" />
          {navigator.onLine ? t('buddies.reconnecting') : t('buddies.you-are-offline')}
        </p>
      )}
    </div>
  );
}
