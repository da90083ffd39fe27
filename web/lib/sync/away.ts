'use client';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useLink } from './hooks';

/** Whether the page has lost the server, and waits for it. */
export const useAway = (): boolean => useLink().is === 'waiting';

/** Runs at each return of the server, with what was given last. */
export function useReturn(onReturn: (() => void) | undefined): void {
  const away = useAway();
  const was = useRef(away);
  const latest = useRef(onReturn);
  useEffect(() => {
    latest.current = onReturn;
  });
  useEffect(() => {
    if (was.current && !away) latest.current?.();
    was.current = away;
  }, [away]);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Whether the device has a network at all. */
export const useOnline = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
