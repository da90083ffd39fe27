'use client';
import { useSyncExternalStore } from 'react';

export const arrangements = ['availability', 'groups', 'networks', 'name'] as const;
export type Arrangement = (typeof arrangements)[number];

/** What the list is narrowed to; nothing of it outlives the page. */
export type Filters = { unread: boolean; favourites: boolean; network: string | null; group: string | null };

export type ListView = {
  tab: 'chats' | 'people';
  arrange: Arrangement;
  /** Whether people who are offline are shown. */
  offline: boolean;
  /** Sections that are shut. */
  closed: readonly string[];
  filters: Filters;
};

export const noFilters: Filters = { unread: false, favourites: false, network: null, group: null };

const key = 'parley.list';
const mostClosed = 200;
const listeners = new Set<() => void>();
let view: ListView | null = null;

function current(): ListView {
  view ??= { ...remembered(), filters: noFilters };
  return view;
}

function remembered(): Omit<ListView, 'filters'> {
  let kept: Record<string, unknown> = {};
  try {
    kept = { ...JSON.parse(localStorage.getItem(key) ?? '{}') };
  } catch {
    // As for somebody new.
  }
  return {
    tab: kept.tab === 'people' ? 'people' : 'chats',
    arrange: arrangements.find((one) => one === kept.arrange) ?? 'availability',
    offline: kept.offline !== false,
    closed: Array.isArray(kept.closed) ? kept.closed.filter((one) => typeof one === 'string').slice(-mostClosed) : [],
  };
}

export function changeView(change: Partial<ListView>): void {
  view = { ...current(), ...change };
  const { tab, arrange, offline, closed } = view;
  localStorage.setItem(key, JSON.stringify({ tab, arrange, offline, closed: closed.slice(-mostClosed) }));
  for (const listener of listeners) listener();
}

export function toggleSection(section: string): void {
  const { closed } = current();
  changeView({ closed: closed.includes(section) ? closed.filter((one) => one !== section) : [...closed, section] });
}

export const changeFilters = (change: Partial<Filters>): void =>
  changeView({ filters: { ...current().filters, ...change } });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const onServer: ListView = { tab: 'chats', arrange: 'availability', offline: true, closed: [], filters: noFilters };

/** How the list is looked at, the same in every part of it, and again after a reload. */
export const useListView = (): ListView => useSyncExternalStore(subscribe, current, () => onServer);

export const isNarrowed = ({ unread, favourites, network, group }: Filters): boolean =>
  unread || favourites || network !== null || group !== null;
