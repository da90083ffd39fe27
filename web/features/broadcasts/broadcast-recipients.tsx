'use client';
import { useEffect, useRef, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Broadcast, BroadcastRecipient, DeliveryStatus } from '../../lib/api/types';
import { count, sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { DeliveryMark } from '../../ui/delivery-mark';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { type Standing, standingWord } from './progress';

const pageSize = 100;
/** While it runs, what is on show is asked for again at most so often. */
const againMs = 2000;

type Props = { broadcast: Broadcast; standing: Standing | null; total: number };

/** The people, or those it is so far with; each leads to what became of it, or to the conversation. */
export function BroadcastRecipients({ broadcast, standing, total }: Props) {
  const { items, more, loading, error, next, reload } = useRecipients(broadcast, standing);
  const number = standing ? broadcast.progress[standing] : total;
  return (
    <section className="section" aria-label={t('broadcasts.people')} aria-busy={loading}>
      <h2>
        {standing ? standingWord(standing) : t('broadcasts.people')}{' '}
        <span className="section-count">{count(number)}</span>
      </h2>
      {error && <Failure onRetry={reload}>{error}</Failure>}
      {loading && items.length === 0 && <Skeleton rows={4} />}
      {!loading && !error && items.length === 0 && <Empty title={t('broadcasts.nobody')} />}
      <ul className="reached">
        {items.map((one) => (
          <Row key={one.contactId} person={one} />
        ))}
      </ul>
      {more && (
        <p className="reached-more">
          <button type="button" className="button" disabled={loading} onClick={next}>
            {t('broadcasts.show-more')}
          </button>
        </p>
      )}
    </section>
  );
}

const markOf = (status: BroadcastRecipient['status']): DeliveryStatus =>
  status === 'waiting' ? 'queued' : status === 'problem' ? 'failed' : status;

function Row({
  person: { name, status, problem, messageId, conversationId, contactId },
}: {
  person: BroadcastRecipient;
}) {
  const to =
    conversationId === null
      ? link.person(contactId)
      : messageId === null
        ? link.conversation(conversationId)
        : link.ledger(conversationId, messageId);
  return (
    <li>
      <a className="reached-one" href={to}>
        <DeliveryMark status={markOf(status)} />
        <span className="line-text">
          <span className="line-main">{name}</span>
          {problem && <span className="line-sub">{sentence(problem)}</span>}
        </span>
        <span className="reached-state">{standingWord(status)}</span>
      </a>
    </li>
  );
}

type Pages = { items: BroadcastRecipient[]; cursor: string | null };
const nothing: Pages = { items: [], cursor: null };

function useRecipients({ id, rev }: Broadcast, standing: Standing | null) {
  const [pages, setPages] = useState(nothing);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const askedAt = useRef(0);
  const status = standing ?? undefined;
  const page = (cursor: string | undefined) =>
    call('listBroadcastRecipients', { params: { id }, query: { limit: pageSize, status, cursor } });
  const alone = pages.items.length <= pageSize;
  // What was paged through stays as it was read; only a first page is kept in step.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again as the broadcast moves
  useEffect(() => {
    if (!alone) return;
    const ask = () => {
      askedAt.current = Date.now();
      page(undefined)
        .then((first) => {
          setPages({ items: first.items, cursor: first.nextCursor });
          setError(null);
        })
        .catch((caught: unknown) => setError(messageOf(caught)))
        .finally(() => setLoading(false));
    };
    const timer = setTimeout(ask, Math.max(0, askedAt.current + againMs - Date.now()));
    return () => clearTimeout(timer);
  }, [id, rev, turn, alone]);
  const next = () => {
    if (!pages.cursor) return;
    setLoading(true);
    page(pages.cursor)
      .then((more) => setPages({ items: [...pages.items, ...more.items], cursor: more.nextCursor }))
      .catch((caught: unknown) => setError(messageOf(caught)))
      .finally(() => setLoading(false));
  };
  return { items: pages.items, more: pages.cursor !== null, loading, error, next, reload: () => setTurn((n) => n + 1) };
}
