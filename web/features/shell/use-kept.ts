'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Pane } from '../../lib/panes';
import { onForeseen } from '../../lib/sync/prefetch';
import { store } from '../../lib/sync/store';
import { foresee, isReady, type Kept, keep } from './kept';

const none: readonly Kept[] = [];

const versionOf = (conversationId: string): number => store.version(`t:${conversationId}`);

const after = (kept: readonly Kept[], alone: Pane | undefined) => ({
  alone,
  kept: alone ? keep(kept, alone, versionOf) : none,
});

/** `isReady`: a conversation is drawn as it would be shown now, all of it. */
type Drawn = { drawn: readonly Pane[]; isReady: (conversationId: string) => boolean };

/**
 * The panes to be drawn: those that are shown, and with one alone also those that stay ready behind it, so that going
 * back to them, or to one that is pointed at, costs no drawing. A phone leaves them for its list, and keeps none.
 */
export function useKept(shown: readonly Pane[], narrow: boolean): Drawn {
  const alone = shown.length === 1 && !narrow ? shown[0] : undefined;
  const [known, setKnown] = useState(() => after(none, alone));
  const now = known.alone === alone ? known : after(known.kept, alone);
  if (now !== known) setKnown(now);
  const able = alone !== undefined;
  useEffect(() => {
    if (able) return onForeseen((id) => setKnown((one) => ({ ...one, kept: foresee(one.kept, id, versionOf) })));
  }, [able]);
  const latest = useRef(none);
  useEffect(() => {
    latest.current = now.kept;
  });
  const ready = useCallback((id: string) => isReady(latest.current, id, versionOf), []);
  return { drawn: alone ? now.kept.map(({ pane }) => pane) : shown, isReady: ready };
}
