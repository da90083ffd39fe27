import { listOf } from '../../lib/format';
import { t } from '../../lib/i18n';
import type { Shown } from '../../lib/sync/timeline';
import { Empty, Failure } from '../../ui/states';

type Props = {
  timeline: Shown;
  /** The oldest that is known is drawn. */
  start: boolean;
  bare: boolean;
  name: string;
  /** Accounts of this conversation that are not connected. */
  away: string[];
  onRetry: () => void;
};

/** Fruitless answers after which a person has to ask. */
export const patience = 3;

/** What stands above the oldest row, always as tall: what is being fetched, what went wrong, or that here it begins. */
export function TimelineTop({ timeline, start, bare, name, away, onRetry }: Props) {
  if (timeline.error) {
    return (
      <div className="timeline-top">
        <Failure onRetry={onRetry}>{timeline.error}</Failure>
      </div>
    );
  }
  if (bare && !timeline.fresh) return <Ghosts />;
  if (bare && timeline.history !== 'more' && timeline.history !== 'unavailable')
    return <Empty title={t('timeline.empty-title')}>{t('timeline.empty', { name })}</Empty>;
  if (timeline.loading === 'older') {
    const asked = timeline.history === null ? t('timeline.loading-earlier') : t('timeline.fetching-earlier');
    return (
      <p className="timeline-top" role="status">
        {asked}
      </p>
    );
  }
  if (!start || !timeline.fresh) return <p className="timeline-top" />;
  if (timeline.history === 'unavailable') {
    return (
      <p className="timeline-top">
        <span>
          {away.length > 0
            ? t('timeline.older-when-online', { count: away.length, accounts: listOf(away) })
            : t('timeline.older-unavailable')}{' '}
          <Again label={t('common.try-again')} onClick={onRetry} />
        </span>
      </p>
    );
  }
  if (timeline.more) {
    return (
      <p className="timeline-top">
        {timeline.fruitless >= patience && <Again label={t('timeline.look-for-older')} onClick={onRetry} />}
      </p>
    );
  }
  return (
    <p className="timeline-top">
      {timeline.history === 'end' ? t('timeline.begins', { name }) : t('timeline.history-begins', { name })}
    </p>
  );
}

function Again({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="link-button" onClick={onClick}>
      {label}
    </button>
  );
}

const ghosts = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The shape of messages, while the first ones are on their way. */
export function Ghosts() {
  return (
    <div className="ghosts" role="status" aria-label={t('timeline.loading')}>
      {ghosts.map((ghost) => (
        <span key={ghost} className="ghost" />
      ))}
    </div>
  );
}
