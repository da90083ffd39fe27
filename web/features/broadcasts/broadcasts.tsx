'use client';
import type { Broadcast } from '../../lib/api/types';
import { listTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { useNow } from '../../ui/use-now';
import { Bar } from './bar';
import { BroadcastPage } from './broadcast-page';
import { settled, stateWord } from './progress';
import { useBroadcasts } from './use-broadcasts';

/** Messages to many people, each for themselves: all of them, or one. */
export function Broadcasts({ id }: { id: string | null }) {
  return id ? <BroadcastPage key={id} id={id} /> : <BroadcastList />;
}

function BroadcastList() {
  const { items, loading, error, reload } = useBroadcasts();
  return (
    <main className="pane" aria-label={t('broadcasts.broadcasts')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('broadcasts.back-to-list')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('broadcasts.broadcasts')}</h1>
        {items.length > 0 && (
          <a className="button" href={link.newBroadcast}>
            <Icon name="plus" /> {t('broadcasts.new')}
          </a>
        )}
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {error && <Failure onRetry={reload}>{error}</Failure>}
          {loading && items.length === 0 && <Skeleton rows={3} />}
          {!loading && !error && items.length === 0 && (
            <Empty
              title={t('broadcasts.none-title')}
              action={
                <a className="button button-primary" href={link.newBroadcast}>
                  {t('broadcasts.new')}
                </a>
              }
            >
              {t('broadcasts.none-text')}
            </Empty>
          )}
          <ul className="broadcasts" aria-label={t('broadcasts.broadcasts')}>
            {items.map((one) => (
              <Row key={one.id} broadcast={one} />
            ))}
          </ul>
        </div>
      </div>
    </main>
  );
}

function Row({ broadcast }: { broadcast: Broadcast }) {
  const now = useNow(30_000);
  const { id, name, text, total, startsAt, createdAt, progress } = broadcast;
  const troubled = progress.failed + progress.unknown + progress.problem;
  return (
    <li>
      <a className="broadcast" href={link.broadcast(id)}>
        <span className="broadcast-line">
          <span className="broadcast-name">{name}</span>
          <span className="broadcast-state">{stateWord(broadcast, now)}</span>
          <time className="row-time" dateTime={startsAt ?? createdAt}>
            {listTime(startsAt ?? createdAt)}
          </time>
        </span>
        <span className="broadcast-text">{text}</span>
        <Bar broadcast={broadcast} thin />
        <span className="broadcast-count">
          {t('broadcasts.of', { some: settled(broadcast), all: total })}
          {troubled > 0 && ` · ${t('broadcasts.in-trouble', { count: troubled })}`}
        </span>
      </a>
    </li>
  );
}
