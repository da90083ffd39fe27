'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Delivery } from '../../lib/api/types';
import { useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

/** How many parts of the page look at the ledger of a message; it is kept in step while one does. */
const lookers = new Map<string, number>();

function open(messageId: string): Map<string, Delivery> {
  lookers.set(messageId, (lookers.get(messageId) ?? 0) + 1);
  const rows = store.ledgers.get(messageId) ?? new Map<string, Delivery>();
  store.ledgers.set(messageId, rows);
  return rows;
}

function close(messageId: string): void {
  const left = (lookers.get(messageId) ?? 1) - 1;
  if (left > 0) {
    lookers.set(messageId, left);
    return;
  }
  lookers.delete(messageId);
  store.ledgers.delete(messageId);
}

export type OpenLedger = { deliveries: Delivery[]; error: string | null; reload: () => void };

/** The deliveries of a message, live. Nothing is asked for before `afterMs`: what is over by then is not worth it. */
export function useLedger(messageId: string, afterMs = 0): OpenLedger {
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
  useEffect(() => {
    const stop = new AbortController();
    const rows = open(messageId);
    setError(null);
    const ask = () =>
      call('listDeliveries', { params: { id: messageId }, signal: stop.signal })
        .then(({ items }) => {
          for (const item of items) if ((rows.get(item.id)?.rev ?? -1) <= item.rev) rows.set(item.id, item);
          store.touch(`d:${messageId}`);
        })
        .catch((caught: unknown) => {
          if (!stop.signal.aborted) setError(messageOf(caught));
        });
    const timer = setTimeout(ask, afterMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
      close(messageId);
    };
  }, [messageId, afterMs, turn]);
  const deliveries = useStore(`d:${messageId}`, () => [...(store.ledgers.get(messageId)?.values() ?? [])], [messageId]);
  return { deliveries, error, reload: () => setTurn((now) => now + 1) };
}
