'use client';
import {
  startTransition,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useState,
  useSyncExternalStore,
} from 'react';
import { useLatest } from '../use-latest';
import { type Pending, pendingOf } from './outbox';
import { currentSession, type Session } from './session';
import { store } from './store';
import { type Shown, Timeline } from './timeline';

const onServer = () => 0;
const oneMore = (count: number) => count + 1;

/** What is told is drawn in slices, between which the page answers its user; what cannot wait, at once. */
const draw = (work: () => void): void => (store.isHasty ? work() : startTransition(work));

/** The version of a topic; the component is drawn again when it grows. */
export const useVersion = (topic: string): number => useValue(topic, () => store.version(topic));

/**
 * What `read` finds now: a row of the store, or a word or a number made of many. The component is drawn again only when
 * that is another, however often the topic changes; an object must stay the same one as long as nothing of it changes.
 */
export function useValue<T>(topic: string, read: () => T): T {
  const value = read();
  const [, again] = useReducer(oneMore, 0);
  const drawn = useLatest({ read, value });
  useEffect(() => {
    const isOther = () => !Object.is(drawn.current.read(), drawn.current.value);
    // It may have changed while it was drawn for the first time, or was not seen.
    if (isOther()) again();
    return store.subscribe(topic, () => {
      if (isOther()) draw(again);
    });
  }, [topic]);
  return value;
}

type Seen = Shown & { id: string; version: number; pending: Pending[] };
const unknown = new Timeline();

function seenNow(id: string): Seen {
  const timeline = store.timelines.get(id) ?? unknown;
  return { ...timeline.shown(), id, version: store.version(`t:${id}`), pending: pendingOf(id) };
}

/**
 * A conversation's messages as they were when they were last told: what is drawn in slices is all of one moment. `look`
 * takes them as they are now, and has them drawn at once.
 */
export function useTimeline(id: string): Seen & { look: () => void } {
  const [seen, setSeen] = useState(() => seenNow(id));
  const look = useCallback(() => setSeen(seenNow(id)), [id]);
  useLayoutEffect(() => {
    // They may have changed while they were drawn for the first time, or not seen.
    setSeen((before) => (before.id === id && before.version === store.version(`t:${id}`) ? before : seenNow(id)));
    return store.subscribe(`t:${id}`, () => draw(look));
  }, [id, look]);
  return { ...(seen.id === id ? seen : seenNow(id)), look };
}

/** Once in a page: says when what was told is on it. */
export function useDrawing(): void {
  const [done, setDone] = useState<{ tell: () => void } | null>(null);
  useLayoutEffect(() => {
    store.drawing = (tell) => draw(() => setDone({ tell }));
    return () => {
      store.drawing = null;
    };
  }, []);
  useLayoutEffect(() => done?.tell(), [done]);
}

/** The same as `useStore`, drawn at once: for what everything hangs on. */
export function useNow<T>(topic: string, select: () => T): T {
  const subscribe = useCallback((listener: () => void) => store.subscribe(topic, listener), [topic]);
  const version = useSyncExternalStore(subscribe, () => store.version(topic), onServer);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what `select` reads
  return useMemo(select, [version]);
}

/** Something computed from the store, anew only when the topic changed. */
export function useStore<T>(topic: string, select: () => T, deps: readonly unknown[] = []): T {
  const version = useVersion(topic);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what `select` reads
  return useMemo(select, [version, ...deps]);
}

export const useSession = (): Session => useNow('session', currentSession);
export const useUser = () => useNow('user', () => store.user);
export const useLink = () => useNow('link', () => store.link);
export const useLoaded = () => useNow('loaded', () => store.loaded);
/** The top of the list of conversations is there. */
export const useBegun = () => useNow('loaded', () => store.loaded || store.begun);
export const useAccounts = () => useStore('accounts', () => [...store.accounts.values()]);
export const useContacts = () => useStore('contacts', () => [...store.contacts.values()]);
export const useConversations = () => useStore('conversations', () => [...store.conversations.values()]);
export const useAccount = (id: string) => useValue('accounts', () => store.accounts.get(id));
export const useContact = (id: string | null) =>
  useValue('contacts', () => (id === null ? undefined : store.contacts.get(id)));
export const useConversation = (id: string) => useValue('conversations', () => store.conversations.get(id));
