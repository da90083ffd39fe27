'use client';
import { useSyncExternalStore } from 'react';

/** As wide as where the style sheets begin to show one pane at a time. */
const query = '(width < 720px)';

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}

export const useNarrow = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => matchMedia(query).matches,
    () => false,
  );
