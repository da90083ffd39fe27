'use client';
import { useSyncExternalStore } from 'react';

const key = 'parley.enter';
const listeners = new Set<() => void>();

const read = (): boolean => localStorage.getItem(key) !== 'line';

/** Whether Enter sends; else it makes a line, and Enter with Control sends. Remembered in this browser. */
export const useEnterSends = (): boolean => useSyncExternalStore(subscribe, read, () => true);

export function setEnterSends(on: boolean): void {
  if (on) localStorage.removeItem(key);
  else localStorage.setItem(key, 'line');
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
