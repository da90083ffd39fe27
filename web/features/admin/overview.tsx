'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Overview } from '../../lib/api/types';
import { ago, count, fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { Failure, Skeleton } from '../../ui/states';
import { useNow } from '../../ui/use-now';

const everyMs = 5000;

/** Counts of all users' messages, a few seconds old at most. */
export function OverviewSection({ turn }: { turn: number }) {
  const { overview, error } = useOverview(turn);
  return (
    <section className="section" aria-label={t('admin.sending-now')}>
      <h2>{t('admin.sending-now')}</h2>
      {error && <Failure>{error}</Failure>}
      {!overview && !error && <Skeleton rows={3} />}
      {overview && (
        <>
          <Figures overview={overview} />
          {overview.networks.length > 0 && <Networks networks={overview.networks} />}
        </>
      )}
    </section>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const now = useNow(everyMs);
  const { queued, sending, failedToday, unknown, oldestDueAt, broadcasts, quarantined } = overview;
  return (
    <dl className="figures">
      <Figure name={t('admin.queued')} value={queued}>
        {oldestDueAt && queued > 0 && (
          <time dateTime={oldestDueAt} title={fullTime(oldestDueAt)}>
            {t('admin.oldest', { ago: ago(oldestDueAt, now) })}
          </time>
        )}
      </Figure>
      <Figure name={t('admin.being-sent')} value={sending} />
      <Figure name={t('admin.failed-today')} value={failedToday} bad />
      <Figure name={t('admin.in-doubt')} value={unknown} bad />
      <Figure name={t('admin.broadcasts')} value={broadcasts} />
      <Figure name={t('admin.quarantined')} value={quarantined.in + quarantined.out} bad />
    </dl>
  );
}

type FigureProps = { name: string; value: number; bad?: boolean; children?: React.ReactNode };

function Figure({ name, value, bad, children }: FigureProps) {
  return (
    <div className="figure" data-bad={bad && value > 0 ? true : undefined}>
      <dt>{name}</dt>
      <dd>
        {count(value)}
        {children && <span className="figure-more">{children}</span>}
      </dd>
    </div>
  );
}

function Networks({ networks }: { networks: Overview['networks'] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it is wider than the window, arrow keys scroll it
    <section className="table-box" aria-label={t('admin.by-network')} tabIndex={0}>
      <table className="table">
        <caption className="visually-hidden">{t('admin.by-network')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('admin.network')}</th>
            <th scope="col">{t('admin.online')}</th>
            <th scope="col">{t('admin.queued')}</th>
            <th scope="col">{t('admin.failed-today')}</th>
            <th scope="col">{t('admin.resting')}</th>
          </tr>
        </thead>
        <tbody>
          {networks.map((one) => (
            <tr key={one.network}>
              <th scope="row">
                <span className="table-network">
                  <NetworkGlyph network={one.network} quiet /> {networkName(one.network)}
                </span>
              </th>
              <td>{t('admin.of', { some: one.online, all: one.accounts })}</td>
              <td>{count(one.queued)}</td>
              <td data-bad={one.failedToday > 0 ? true : undefined}>{count(one.failedToday)}</td>
              <td data-bad={one.resting > 0 ? true : undefined}>{one.resting}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function useOverview(turn: number): { overview: Overview | null; error: string | null } {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [error, setError] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks at once
  useEffect(() => {
    const stop = new AbortController();
    const ask = () => {
      if (document.hidden) return;
      call('adminOverview', { signal: stop.signal }).then(
        (answer) => {
          setOverview(answer);
          setError(null);
        },
        (caught: unknown) => {
          if (!stop.signal.aborted) setError(messageOf(caught));
        },
      );
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [turn]);
  return { overview, error };
}
