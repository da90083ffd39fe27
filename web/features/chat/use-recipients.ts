'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Recipient } from '../../lib/api/types';
import { useVersion } from '../../lib/sync/hooks';

const settleMs = 300;

/** Who gets a message and how far it is with them; asked again once a delivery of its open ledger has moved. */
export function useRecipients(messageId: string): { people: Recipient[] | null; error: string | null } {
  const version = useVersion(`d:${messageId}`);
  const [people, setPeople] = useState<Recipient[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again with each version
  useEffect(() => {
    const stop = new AbortController();
    const ask = () =>
      call('listRecipients', { params: { id: messageId }, signal: stop.signal }).then(
        ({ items }) => {
          setPeople(items);
          setError(null);
        },
        (caught: unknown) => {
          if (!stop.signal.aborted) setError(messageOf(caught));
        },
      );
    const timer = setTimeout(ask, people === null ? 0 : settleMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [messageId, version]);
  return { people, error };
}
