'use client';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n';
import { useAway, useReturn } from '../lib/sync/away';
import { Icon } from './icons';

/** What a place says when it has nothing to show. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p className="empty-text">{children}</p>}
      {action}
    </div>
  );
}

/**
 * What could not be fetched, and why. While the server is away that is told once, elsewhere: here it says only that this
 * waits for it, and tries again at its return.
 */
export function Failure({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  const away = useAway();
  useReturn(onRetry);
  if (away) {
    return (
      <p className="failure failure-away" role="status">
        <Icon name="offline" />
        {t('common.away')}
      </p>
    );
  }
  return (
    <div className="failure" role="alert">
      <span>{children}</span>
      {onRetry && (
        <button type="button" className="link-button" onClick={onRetry}>
          {t('common.try-again')}
        </button>
      )}
    </div>
  );
}

export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <span key={index} className="skeleton-row" />
      ))}
    </div>
  );
}
