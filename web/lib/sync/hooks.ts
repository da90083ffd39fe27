'use client';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { currentSession, type Session } from './session';
import { store } from './store';

const onServer = () => 0;

/** The version of a topic; the component is drawn again when it grows. */
export function useVersion(topic: string): number {
  const subscribe = useCallback((listener: () => void) => store.subscribe(topic, listener), [topic]);
  return useSyncExternalStore(subscribe, () => store.version(topic), onServer);
}

/** Something computed from the store, anew only when the topic changed. */
export function useStore<T>(topic: string, select: () => T, deps: readonly unknown[] = []): T {
  const version = useVersion(topic);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what `select` reads
  return useMemo(select, [version, ...deps]);
}

export const useSession = (): Session => useStore('session', currentSession);
export const useUser = () => useStore('user', () => store.user);
export const useLink = () => useStore('link', () => store.link);
export const useLoaded = () => useStore('loaded', () => store.loaded);
/** The top of the list of conversations is there. */
export const useBegun = () => useStore('loaded', () => store.loaded || store.begun);
export const useAccounts = () => useStore('accounts', () => [...store.accounts.values()]);
export const useContacts = () => useStore('contacts', () => [...store.contacts.values()]);
export const useConversations = () => useStore('conversations', () => [...store.conversations.values()]);
export const useAccount = (id: string) => useStore('accounts', () => store.accounts.get(id), [id]);
export const useContact = (id: string | null) =>
  useStore('contacts', () => (id ? store.contacts.get(id) : undefined), [id]);
export const useConversation = (id: string) => useStore('conversations', () => store.conversations.get(id), [id]);
