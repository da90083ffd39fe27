'use client';
import { useSyncExternalStore } from 'react';

/** What stands beside a conversation. */
export type Sheet =
  | { is: 'person' }
  | { is: 'pins' }
  | { is: 'ledger'; messageId: string }
  | { is: 'thread'; messageId: string };

/** Where the page stands; kept in the fragment, so that links and the back button work with a static export. */
export type Route =
  | { at: 'home' }
  | { at: 'conversation'; id: string; panel: Sheet | null }
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

type Known = { id: string; conversationId: string | null };

export const link = {
  home: '#/',
  conversation: (id: string) => `#/c/${id}`,
  conversationPerson: (id: string) => `#/c/${id}/person`,
  pins: (id: string) => `#/c/${id}/pins`,
  ledger: (id: string, messageId: string) => `#/c/${id}/m/${messageId}`,
  thread: (id: string, messageId: string) => `#/c/${id}/t/${messageId}`,
  person: (id: string) => `#/p/${id}`,
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
export function parse(hash: string): Route {
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
    return { at: 'conversation', id, panel: sheetOf(kind, sub) };
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

function sheetOf(kind: string | undefined, messageId: string | undefined): Sheet | null {
  if (kind === 'person' || kind === 'pins') return { is: kind };
  if (!messageId) return null;
  if (kind === 'm') return { is: 'ledger', messageId };
  return kind === 't' ? { is: 'thread', messageId } : null;
}

let lastHash = '';
let lastRoute: Route = { at: 'home' };

export function currentRoute(): Route {
  if (location.hash !== lastHash) {
    lastHash = location.hash;
    lastRoute = parse(lastHash);
  }
  return lastRoute;
}

const home: Route = { at: 'home' };

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
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
