'use client';
import { useSyncExternalStore } from 'react';
import type { UserSettings } from '../../lib/api/types';
import { changeSettings, settings } from '../../lib/settings';
import { store } from '../../lib/sync/store';

export const arrangements = ['availability', 'groups', 'networks', 'name'] as const;
export type Arrangement = (typeof arrangements)[number];

/** What the list is narrowed to; nothing of it outlives the page. */
export type Filters = { unread: boolean; favourites: boolean; network: string | null; group: string | null };

type Kept = NonNullable<UserSettings['list']>;
/** With `offline`, who is offline is shown; `closed` are the sections that are shut. */
export type ListView = Kept & { tab: 'chats' | 'people'; filters: Filters };

export const noFilters: Filters = { unread: false, favourites: false, network: null, group: null };

const tabKey = 'parley.tab';
const mostClosed = 200;
const usual: Kept = { arrange: 'availability', offline: true, closed: [] };
const listeners = new Set<() => void>();
let view: ListView | null = null;
/** What the user's settings said of it last: what another window changes there is taken over. */
let told = '';

const toldNow = (): string => JSON.stringify(settings().list ?? usual);

function current(): ListView {
  if (view && told === toldNow()) return view;
  told = toldNow();
  view = {
    tab: localStorage.getItem(tabKey) === 'people' ? 'people' : 'chats',
    filters: view?.filters ?? noFilters,
    ...(settings().list ?? usual),
  };
  return view;
}

function show(next: ListView): void {
  view = next;
  for (const listener of listeners) listener();
}

export function changeTab(tab: ListView['tab']): void {
  const next = { ...current(), tab };
  localStorage.setItem(tabKey, tab);
  show(next);
}

export const changeFilters = (change: Partial<Filters>): void =>
  show({ ...current(), filters: { ...current().filters, ...change } });

/** At once here, and in all windows of the user. Where the server is not there it holds as long as the page. */
export function arrangeList(change: Partial<Kept>): void {
  const { arrange, offline, closed, tab, filters } = { ...current(), ...change };
  const list: Kept = { arrange, offline, closed: closed.slice(-mostClosed) };
  told = JSON.stringify(list);
  const changed = changeSettings({ list });
  show({ ...list, tab, filters });
  changed.catch(() => {
    told = toldNow();
  });
}

export function toggleSection(section: string): void {
  const { closed } = current();
  arrangeList({ closed: closed.includes(section) ? closed.filter((one) => one !== section) : [...closed, section] });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const stop = store.subscribe('user', listener);
  return () => {
    listeners.delete(listener);
    stop();
  };
}

const onServer: ListView = { ...usual, tab: 'chats', filters: noFilters };

/** How the list is looked at, the same in every part of it. */
export const useListView = (): ListView => useSyncExternalStore(subscribe, current, () => onServer);

export const isNarrowed = ({ unread, favourites, network, group }: Filters): boolean =>
  unread || favourites || network !== null || group !== null;
