'use client';
import { useEffect, useRef, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Broadcast } from '../../lib/api/types';
import { count, fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { useNow } from '../../ui/use-now';
import { Bar, partOf } from './bar';
import { BroadcastRecipients } from './broadcast-recipients';
import {
  leftMs,
  leftText,
  type Sample,
  type Standing,
  settled,
  standings,
  standingWord,
  stateOf,
  stateWord,
} from './progress';
import { takeBroadcast, useBroadcast } from './use-broadcasts';

/** One broadcast: how far it is, live, and with whom. */
export function BroadcastPage({ id }: { id: string }) {
  const { broadcast, error, missing, reload } = useBroadcast(id);
  return (
    <main className="pane" aria-label={broadcast?.name ?? t('broadcasts.broadcast')}>
      <header className="pane-head">
        <a className="icon-button" href={link.broadcasts} aria-label={t('broadcasts.back-to-broadcasts')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{broadcast?.name ?? t('broadcasts.broadcast')}</h1>
        {broadcast && <Actions broadcast={broadcast} />}
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {error && !broadcast && <Failure onRetry={reload}>{error}</Failure>}
          {missing && !broadcast && (
            <Empty
              title={t('broadcasts.no-such')}
              action={
                <a className="button" href={link.broadcasts}>
                  {t('broadcasts.all')}
                </a>
              }
            />
          )}
          {!broadcast && !error && !missing && <Skeleton rows={3} />}
          {broadcast && <Progress broadcast={broadcast} />}
        </div>
      </div>
    </main>
  );
}

function Progress({ broadcast }: { broadcast: Broadcast }) {
  const [chosen, setChosen] = useState<Standing | null>(null);
  const { total, progress, text } = broadcast;
  const shown = standings.filter((one) => progress[one] > 0);
  return (
    <div className="progress">
      <blockquote className="progress-text" dir="auto">
        {text}
      </blockquote>
      <section aria-label={t('broadcasts.progress')} className="progress-now">
        <Headline broadcast={broadcast} />
        <Bar broadcast={broadcast} />
        <ul className="legend" aria-label={t('broadcasts.by-how-far')}>
          {shown.map((one) => (
            <li key={one}>
              <button
                type="button"
                className="legend-one"
                aria-pressed={chosen === one}
                onClick={() => setChosen(chosen === one ? null : one)}
              >
                <span className={`legend-swatch ${partOf(one)}`} aria-hidden="true" />
                {standingWord(one)} <b>{count(progress[one])}</b>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <BroadcastRecipients key={chosen ?? 'all'} broadcast={broadcast} standing={chosen} total={total} />
    </div>
  );
}

function Headline({ broadcast }: { broadcast: Broadcast }) {
  const now = useNow(broadcast.state === 'running' ? 1000 : null);
  const left = useLeft(broadcast);
  const { total, startsAt, finishedAt } = broadcast;
  const state = stateOf(broadcast, now);
  const details = [
    t('broadcasts.settled-of', { settled: settled(broadcast), count: total }),
    state === 'scheduled' && startsAt && t('broadcasts.starts', { time: fullTime(startsAt) }),
    state === 'sending' && left !== null && leftText(left),
    finishedAt && t('broadcasts.finished', { time: fullTime(finishedAt) }),
  ].filter(Boolean);
  return (
    <p className="progress-head">
      <b>{stateWord(broadcast, now)}</b> <span>{details.join(' · ')}</span>
    </p>
  );
}

const keptMs = 60_000;

/** By the pace of the last minute it was looked at. */
function useLeft(broadcast: Broadcast): number | null {
  const samples = useRef<Sample[]>([]);
  const done = settled(broadcast);
  const running = broadcast.state === 'running';
  useEffect(() => {
    if (!running) samples.current = [];
    else samples.current.push({ at: Date.now(), settled: done });
    samples.current = samples.current.filter((one) => one.at > Date.now() - keptMs);
  }, [done, running]);
  return running ? leftMs(samples.current, broadcast.total) : null;
}

function Actions({ broadcast }: { broadcast: Broadcast }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, state, name } = broadcast;
  const params = { id };
  const run = (work: () => Promise<Broadcast>) => {
    setBusy(true);
    work()
      .then(takeBroadcast, (error: unknown) => notify(messageOf(error)))
      .finally(() => setBusy(false));
  };
  if (state !== 'running' && state !== 'paused') return null;
  return (
    <>
      {state === 'running' ? (
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => run(() => call('pauseBroadcast', { params }))}
        >
          {t('broadcasts.pause')}
        </button>
      ) : (
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={() => run(() => call('resumeBroadcast', { params }))}
        >
          {t('broadcasts.resume')}
        </button>
      )}
      <button type="button" className="button button-quiet-danger" onClick={() => setAsking(true)}>
        {t('common.cancel')}
      </button>
      {asking && (
        <Confirm
          title={t('broadcasts.cancel-title', { name })}
          action={t('broadcasts.cancel-rest')}
          danger
          work={async () => takeBroadcast(await call('cancelBroadcast', { params }))}
          onClose={() => setAsking(false)}
        >
          <p>{t('broadcasts.cancel-text')}</p>
        </Confirm>
      )}
    </>
  );
}
