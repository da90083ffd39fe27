'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { BodyInput, DeadLetter } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Confirm } from '../../ui/confirm';
import { networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { LetterRow } from './letter-row';
import { type Filter, useDeadLetters } from './use-dead-letters';

type Asking = { title: string; text: string; body: BodyInput<'replayDeadLetters'> };

/** What failed or is in doubt, of all users, to be tried once more: one, those ticked, or all of a network. */
export function DeadLetters({ onReplayed }: { onReplayed: () => void }) {
  const [filter, setFilter] = useState<Filter>({ status: undefined, network: undefined });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking | null>(null);
  const { items, networks, more, loading, error, next, reload } = useDeadLetters(filter);
  const chosen = items.filter((one) => ticked.has(one.id));
  const narrow = (change: Partial<Filter>) => {
    setFilter({ ...filter, ...change });
    setTicked(new Set());
  };
  const replay = async (body: BodyInput<'replayDeadLetters'>) => {
    const { replayed, left } = await call('replayDeadLetters', { body });
    notify(
      left > 0 ? t('admin.tried-again-left', { count: replayed, left }) : t('admin.tried-again', { count: replayed }),
    );
    setTicked(new Set());
    reload();
    onReplayed();
  };
  return (
    <section className="section" aria-label={t('admin.dead-letters')} aria-busy={loading}>
      <h2>{t('admin.dead-letters')}</h2>
      <p className="muted">{t('admin.dead-letters-lead')}</p>
      <div className="letters-tools">
        <Select
          label={t('admin.which')}
          value={filter.status ?? ''}
          options={[
            ['', t('admin.failed-and-doubt')],
            ['failed', t('admin.failed')],
            ['unknown', t('admin.in-doubt')],
          ]}
          onChange={(value) => narrow({ status: value === 'failed' || value === 'unknown' ? value : undefined })}
        />
        <Select
          label={t('admin.network')}
          value={filter.network ?? ''}
          options={[
            ['', t('admin.every-network')],
            ...networks.map((one): [string, string] => [one, networkName(one)]),
          ]}
          onChange={(value) => narrow({ network: value || undefined })}
        />
        <span className="letters-do">
          <button
            type="button"
            className="button"
            disabled={chosen.length === 0}
            onClick={() => setAsking(forThose(chosen))}
          >
            {chosen.length > 0 ? t('admin.send-count', { count: chosen.length }) : t('admin.send-again')}
          </button>
          <button
            type="button"
            className="button"
            disabled={!items.some((one) => one.status === 'failed')}
            onClick={() => setAsking(forAll(filter.network))}
          >
            {t('admin.send-all-failed')}
          </button>
        </span>
      </div>
      {error && <Failure onRetry={reload}>{error}</Failure>}
      {loading && items.length === 0 && <Skeleton rows={3} />}
      {!loading && !error && items.length === 0 && (
        <Empty title={t(filter.status || filter.network ? 'admin.none-of-these' : 'admin.no-letters')}>
          {!filter.status && !filter.network && t('admin.all-got-somewhere')}
        </Empty>
      )}
      <ul className="letters" aria-label={t('admin.messages')}>
        {items.map((one) => (
          <LetterRow
            key={one.id}
            letter={one}
            ticked={ticked.has(one.id)}
            onTick={(on) => {
              const nextTicked = new Set(ticked);
              if (on) nextTicked.add(one.id);
              else nextTicked.delete(one.id);
              setTicked(nextTicked);
            }}
            onReplay={() => setAsking(forThose([one]))}
          />
        ))}
      </ul>
      {more && (
        <p className="reached-more">
          <button type="button" className="button" disabled={loading} onClick={next}>
            {t('admin.show-more')}
          </button>
        </p>
      )}
      {asking && (
        <Confirm
          title={asking.title}
          action={t('admin.send-again')}
          work={() => replay(asking.body)}
          onClose={() => setAsking(null)}
        >
          <p>{asking.text}</p>
        </Confirm>
      )}
    </section>
  );
}

function forThose(letters: DeadLetter[]): Asking {
  const doubtful = letters.filter((one) => one.status === 'unknown').length;
  return {
    title: t('admin.send-count-title', { count: letters.length }),
    text: doubtful > 0 ? t('admin.may-arrive-twice', { count: doubtful }) : t('admin.new-try'),
    body: { ids: letters.map((one) => one.id) },
  };
}

function forAll(network: string | undefined): Asking {
  return {
    title: network ? t('admin.all-failed-on', { network: networkName(network) }) : t('admin.all-failed-title'),
    text: t('admin.all-failed-text'),
    body: network ? { network } : {},
  };
}

type SelectProps = { label: string; value: string; options: [string, string][]; onChange: (value: string) => void };

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <select className="input" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
