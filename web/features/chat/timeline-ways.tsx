'use client';
import { useState } from 'react';
import { dayName } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';

export const JumpDialog = lazily(() => import('./jump-dialog').then((found) => found.JumpDialog));

/** Over the messages: how many are new above what is seen. Leads to the first of them. */
export function ToFirstNew({ count, onGo }: { count: number; onGo: () => void }) {
  return (
    <button type="button" className="over-timeline to-first-new" title={t('timeline.to-first-new')} onClick={onGo}>
      <Icon name="up" />
      {t('timeline.first-new', { count })}
    </button>
  );
}

/** The day of what is seen, while somebody reads back. Leads to any other. */
export function WhichDay({ at, onTime }: { at: string; onTime: (at: string) => void }) {
  const [asking, setAsking] = useState(false);
  const day = dayName(at);
  return (
    <>
      <button
        type="button"
        className="over-timeline which-day"
        aria-label={t('timeline.to-date', { day })}
        title={t('timeline.jump-to-date')}
        onClick={() => setAsking(true)}
      >
        {day}
      </button>
      {asking && <JumpDialog at={at} onTime={onTime} onClose={() => setAsking(false)} />}
    </>
  );
}

export function ToNewest({ unread, onGo }: { unread: number; onGo: () => void }) {
  return (
    <button type="button" className="over-timeline to-newest" onClick={onGo}>
      <Icon name="down" />
      {t('timeline.newest')}
      {unread > 0 && <span className="count">{unread}</span>}
    </button>
  );
}
