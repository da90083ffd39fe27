'use client';
import { useSyncExternalStore } from 'react';
import { addressOf, arrive, mostPanes, type Panes, panesOf, type Sheet, sheetOf } from './panes';

/** A page that is no conversation. */
type Page =
  | { at: 'home' }
  | { at: 'person'; id: string }
  /** One account's settings, or a sign-in a browser comes back to. */
  | { at: 'networks'; accountId: string | null; loginId: string | null }
  | { at: 'add'; network: string | null; accountId: string | null }
  | { at: 'new-group' }
  /** The list, or one of them. */
  | { at: 'broadcasts'; id: string | null }
  | { at: 'new-broadcast' }
  | { at: 'admin' }
  | { at: 'scheduled' }
  /** A link of another program; what another app shared. */
  | { at: 'open'; uri: string }
  | { at: 'share' }
  | { at: 'starred' }
  | { at: 'reminders' }
  | { at: 'settings' }
  /** The first steps. */
  | { at: 'welcome' };

type Talk<Beside> = { at: 'conversation'; id: string; panel: Sheet | null; panes: Beside };
/** What an address asks for: without a word of those beside a conversation, they stay. */
export type Asked = Page | Talk<Panes | null>;
/** Where the page stands; kept in the fragment, so that links and the back button work with a static export. */
export type Route = Page | Talk<Panes>;

type Known = { id: string; conversationId: string | null };

export const link = {
  home: '#/',
  conversation: (id: string) => `#/c/${id}`,
  conversationPerson: (id: string) => `#/c/${id}/person`,
  pins: (id: string) => `#/c/${id}/pins`,
  ledger: (id: string, messageId: string) => `#/c/${id}/m/${messageId}`,
  thread: (id: string, messageId: string) => `#/c/${id}/t/${messageId}`,
  person: (id: string) => `#/p/${id}`,
  /** To all that is open side by side, and to nothing else. */
  panes: (panes: Panes) => `#/${addressOf(panes)}`,
  /** To the conversation with somebody, or to who they are where there is none. */
  contact: ({ id, conversationId }: Known) => (conversationId ? `#/c/${conversationId}` : `#/p/${id}`),
  /** To who somebody is, beside the conversation with them where there is one. */
  about: ({ id, conversationId }: Known) => (conversationId ? `#/c/${conversationId}/person` : `#/p/${id}`),
  networks: '#/networks',
  account: (id: string) => `#/networks/${id}`,
  add: (network?: string) => (network ? `#/add/${encodeURIComponent(network)}` : '#/add'),
  /** Signs a known account in again. */
  again: (network: string, accountId: string) => `#/add/${encodeURIComponent(network)}/${accountId}`,
  newGroup: '#/new-group',
  broadcasts: '#/broadcasts',
  broadcast: (id: string) => `#/broadcasts/${id}`,
  newBroadcast: '#/broadcasts/new',
  admin: '#/admin',
  scheduled: '#/scheduled',
  starred: '#/starred',
  reminders: '#/reminders',
  settings: '#/settings',
  welcome: '#/welcome',
  open: (uri: string) => `#/open/${encodeURIComponent(uri)}`,
};

/** Where an address leads; one that makes no sense leads home. */
export function parse(hash: string): Asked {
  let parts: string[];
  let path = '';
  let query = '';
  try {
    [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
    parts = path.split('/').map(decodeURIComponent);
  } catch {
    return { at: 'home' };
  }
  const [head, id, kind, sub] = parts;
  if (head === 'c' && id) {
    const pane = { id, panel: sheetOf(kind, sub) };
    return { at: 'conversation', ...pane, panes: panesOf(pane, query) };
  }
  if (head === 'p' && id) return { at: 'person', id };
  if (head === 'networks') {
    return { at: 'networks', accountId: id || null, loginId: new URLSearchParams(query).get('login') };
  }
  if (head === 'add') return { at: 'add', network: id || null, accountId: kind || null };
  if (head === 'new-group') return { at: 'new-group' };
  if (head === 'broadcasts') return id === 'new' ? { at: 'new-broadcast' } : { at: 'broadcasts', id: id || null };
  if (head === 'admin') return { at: 'admin' };
  if (head === 'scheduled') return { at: 'scheduled' };
  if (head === 'open') return { at: 'open', uri: id ?? '' };
  if (head === 'share') return { at: 'share' };
  if (head === 'starred') return { at: 'starred' };
  if (head === 'reminders') return { at: 'reminders' };
  if (head === 'settings') return { at: 'settings' };
  if (head === 'welcome') return { at: 'welcome' };
  return { at: 'home' };
}

let lastHash = '';
let lastRoute: Route = { at: 'home' };
let panes: Panes | null = null;
let recent: readonly string[] = [];

export function currentRoute(): Route {
  if (location.hash !== lastHash) {
    lastHash = location.hash;
    lastRoute = settle(parse(lastHash));
  }
  return lastRoute;
}

function settle(asked: Asked): Route {
  if (asked.at !== 'conversation') return asked;
  const { id, panel } = asked;
  panes = asked.panes ?? arrive(panes, { id, panel });
  recent = [id, ...recent.filter((one) => one !== id)].slice(0, 2 * mostPanes);
  return { at: 'conversation', id, panel, panes };
}

/** The conversations open now, or before another page was shown. */
export function openPanes(): Panes | null {
  currentRoute();
  return panes;
}

/** Conversations that were worked in, the last one first. */
export const recentPanes = (): readonly string[] => recent;

const home: Route = { at: 'home' };

const listeners = new Set<() => void>();

function onHash(): void {
  const route = currentRoute();
  if (route.at === 'conversation' && route.panes.list.length > 1) sayAll(route.panes);
  for (const listener of listeners) listener();
}

/** The address says all that is shown, so that it can be come back to; it leads nowhere else. */
function sayAll(shown: Panes): void {
  const to = link.panes(shown);
  if (location.hash === to) return;
  location.replace(to);
  lastHash = location.hash;
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('hashchange', onHash);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('hashchange', onHash);
  };
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute, () => home);

/** The browser opens links of other programs as `/?open=…`: the page has its places in the fragment. */
export function adoptLink(): void {
  const uri = new URLSearchParams(location.search).get('open');
  if (uri === null) return;
  history.replaceState(null, '', `/${link.open(uri)}`);
}

export function go(to: string): void {
  location.hash = to.slice(1);
}

/** Goes there in the place of where one is: "back" does not lead here again. */
export function replaceAddress(to: string): void {
  location.replace(to);
  // What comes right after, before the page is drawn anew, goes on from there.
  currentRoute();
}
