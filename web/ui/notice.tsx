'use client';
import { useEffect, useState, useSyncExternalStore } from 'react';

/** What can be done about it, e.g. undone. */
export type NoticeAction = { label: string; run: () => void };
type Told = { text: string; action?: NoticeAction };

const shownMs = 6000;
/** Whoever has to decide needs longer. */
const decideMs = 15_000;
const nothing: Told = { text: '' };
let told: Told = nothing;
const listeners = new Set<() => void>();

/** One line at the foot of the page, for outcomes that have no place of their own. */
export function notify(text: string, action?: NoticeAction): void {
  told = { text, action };
  for (const listener of listeners) listener();
}

export function Notice() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
    () => nothing,
  );
  const [held, setHeld] = useState(false);
  const { text, action } = now;
  useEffect(() => {
    if (!now.text || held) return;
    const timer = setTimeout(() => notify(''), now.action ? decideMs : shownMs);
    return () => clearTimeout(timer);
  }, [now, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer only keeps it in view
    <div
      className="notice-box"
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <div role="status" aria-live="polite">
        {text && (
          <p className="notice">
            {text}
            {action && (
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  setHeld(false);
                  notify('');
                  action.run();
                }}
              >
                {action.label}
              </button>
            )}
          </p>
        )}
      </div>
    </div>
  );
}
