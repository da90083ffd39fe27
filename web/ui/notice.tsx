'use client';
import { useEffect, useSyncExternalStore } from 'react';

let text = '';
const listeners = new Set<() => void>();

/** One line at the foot of the page, for outcomes that have no place of their own. */
export function notify(next: string): void {
  text = next;
  for (const listener of listeners) listener();
}

export function Notice() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => text,
    () => '',
  );
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => notify(''), 6000);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div className="notice-box" role="status" aria-live="polite">
      {now && <p className="notice">{now}</p>}
    </div>
  );
}
