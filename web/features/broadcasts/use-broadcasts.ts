'use client';
import { useEffect, useState } from 'react';
import { ApiError, call, messageOf } from '../../lib/api/client';
import type { Broadcast } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';
import { useLink, useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

export function takeBroadcast(value: Broadcast): void {
  applyChange({ kind: 'broadcast', id: value.id, rev: value.rev, value });
}

type Asked = { loading: boolean; error: string | null; missing: boolean; reload: () => void };

/** Asks the server now, again on request and whenever the stream is back. */
function useAsked(ask: (signal: AbortSignal) => Promise<void>, about: string): Asked {
  const live = useLink().is === 'live';
  const [state, setState] = useState({ loading: true, error: null as string | null, missing: false });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `about` says what is asked for
  useEffect(() => {
    const stop = new AbortController();
    ask(stop.signal).then(
      () => setState({ loading: false, error: null, missing: false }),
      (caught: unknown) => {
        if (stop.signal.aborted) return;
        const missing = caught instanceof ApiError && caught.status === 404;
        setState({ loading: false, error: missing ? null : messageOf(caught), missing });
      },
    );
    return () => stop.abort();
  }, [about, live, turn]);
  return { ...state, reload: () => setTurn((now) => now + 1) };
}

const pageSize = 50;

/** The newest first, live. */
export function useBroadcasts(): Asked & { items: Broadcast[] } {
  const asked = useAsked(async (signal) => {
    const { items } = await call('listBroadcasts', { query: { limit: pageSize }, signal });
    for (const item of items) takeBroadcast(item);
  }, 'all');
  const items = useStore('broadcasts', () =>
    [...store.broadcasts.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
  );
  return { ...asked, items };
}

export function useBroadcast(id: string): Asked & { broadcast: Broadcast | undefined } {
  const asked = useAsked(async (signal) => {
    takeBroadcast(await call('getBroadcast', { params: { id }, signal }));
  }, id);
  const broadcast = useStore('broadcasts', () => store.broadcasts.get(id), [id]);
  return { ...asked, broadcast };
}
