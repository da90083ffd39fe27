'use client';
import { useEffect, useSyncExternalStore } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Network } from '../../lib/api/types';
import { learnNetworkName } from '../../ui/network-glyph';

type Networks = { networks: Network[]; loading: boolean; error: string | null };

/** The server's adapters do not change while it runs: they are asked for once. */
let state: Networks = { networks: [], loading: true, error: null };
let asked = false;
const listeners = new Set<() => void>();

function become(next: Networks): void {
  state = next;
  for (const listener of listeners) listener();
}

async function load(): Promise<void> {
  asked = true;
  become({ ...state, loading: true, error: null });
  try {
    const { items } = await call('listNetworks', { query: { limit: 200 } });
    for (const { id, name } of items) learnNetworkName(id, name);
    become({ networks: items, loading: false, error: null });
  } catch (error) {
    asked = false;
    become({ ...state, loading: false, error: messageOf(error) });
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const initial = state;

export function useNetworks(): Networks & { retry: () => void } {
  const now = useSyncExternalStore(
    subscribe,
    () => state,
    () => initial,
  );
  useEffect(() => {
    if (!asked) void load();
  }, []);
  return { ...now, retry: () => void load() };
}
