'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { BodyInput, DeadLetter } from '../../lib/api/types';
import { plural } from '../../lib/format';
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
      `${plural(replayed, 'message')} tried again${left > 0 ? `, ${left.toLocaleString()} left as they are` : ''}.`,
    );
    setTicked(new Set());
    reload();
    onReplayed();
  };
  return (
    <section className="section" aria-label="Dead letters" aria-busy={loading}>
      <h2>Dead letters</h2>
      <p className="muted">
        Messages that failed or whose outcome is not known. What was written is their users’ alone.
      </p>
      <div className="letters-tools">
        <Select
          label="Which"
          value={filter.status ?? ''}
          options={[
            ['', 'Failed and in doubt'],
            ['failed', 'Failed'],
            ['unknown', 'In doubt'],
          ]}
          onChange={(value) => narrow({ status: value === 'failed' || value === 'unknown' ? value : undefined })}
        />
        <Select
          label="Network"
          value={filter.network ?? ''}
          options={[['', 'Every network'], ...networks.map((one): [string, string] => [one, networkName(one)])]}
          onChange={(value) => narrow({ network: value || undefined })}
        />
        <span className="letters-do">
          <button
            type="button"
            className="button"
            disabled={chosen.length === 0}
            onClick={() => setAsking(forThose(chosen))}
          >
            Send {chosen.length > 0 && plural(chosen.length, 'message')} again
          </button>
          <button
            type="button"
            className="button"
            disabled={!items.some((one) => one.status === 'failed')}
            onClick={() => setAsking(forAll(filter.network))}
          >
            Send all failed again
          </button>
        </span>
      </div>
      {error && <Failure onRetry={reload}>{error}</Failure>}
      {loading && items.length === 0 && <Skeleton rows={3} />}
      {!loading && !error && items.length === 0 && (
        <Empty title={filter.status || filter.network ? 'None of these' : 'No dead letters'}>
          {!filter.status && !filter.network && 'Everything that was sent got somewhere, or is still on its way.'}
        </Empty>
      )}
      <ul className="letters" aria-label="Messages">
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
            Show more
          </button>
        </p>
      )}
      {asking && (
        <Confirm
          title={asking.title}
          action="Send again"
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
    title: `Send ${plural(letters.length, 'message')} again?`,
    text:
      doubtful > 0
        ? `${plural(doubtful, 'message')} may have arrived: whoever gets ${doubtful === 1 ? 'it' : 'them'} may get it twice.`
        : 'Each is a new try, in the order of its chat.',
    body: { ids: letters.map((one) => one.id) },
  };
}

function forAll(network: string | undefined): Asking {
  return {
    title: network ? `Send all that failed on ${networkName(network)} again?` : 'Send all that failed again?',
    text: 'Each is a new try, in the order of its chat. What is in doubt is left alone: it may have arrived.',
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
