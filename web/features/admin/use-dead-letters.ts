'use client';
import { useEffect, useRef, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { DeadLetter } from '../../lib/api/types';
import { useAccounts } from '../../lib/sync/hooks';

export type Filter = { status: 'failed' | 'unknown' | undefined; network: string | undefined };

const pageSize = 50;

/** What fits the filter, page by page, and the networks there are to choose from. */
export function useDeadLetters({ status, network }: Filter) {
  const [items, setItems] = useState<DeadLetter[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const accounts = useAccounts();
  const seen = useRef(new Set<string>());
  const page = (from?: string, signal?: AbortSignal) =>
    call('listDeadLetters', { query: { limit: pageSize, status, network, cursor: from }, signal });
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew with each turn and filter
  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    page(undefined, stop.signal).then(
      (first) => {
        setItems(first.items);
        setCursor(first.nextCursor);
        setError(null);
        setLoading(false);
      },
      (caught: unknown) => {
        if (stop.signal.aborted) return;
        setError(messageOf(caught));
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [status, network, turn]);
  const next = () => {
    if (cursor === null) return;
    setLoading(true);
    page(cursor)
      .then((more) => {
        setItems([...items, ...more.items]);
        setCursor(more.nextCursor);
      })
      .catch((caught: unknown) => setError(messageOf(caught)))
      .finally(() => setLoading(false));
  };
  for (const account of accounts) seen.current.add(account.network);
  for (const item of items) seen.current.add(item.network);
  const networks = [...seen.current].sort();
  return { items, networks, more: cursor !== null, loading, error, next, reload: () => setTurn((now) => now + 1) };
}
