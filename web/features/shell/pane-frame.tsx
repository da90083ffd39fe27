'use client';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Pane } from '../../lib/panes';
import { PaneProvider } from './pane-context';
import { focusPane, takeFocusFor } from './panes';
import { leastPane } from './room';
import { usePaneDrop } from './use-pane-drop';

/** A sheet stands beside the messages where both have as much room as a phone; else in their place. */
const sheetWidth = 348;

type Props = { pane: Pane; focused: boolean; several: boolean; share: number; edge: ReactNode; children: ReactNode };

/** One of the conversations side by side. What is done in it makes it the one that is worked in. */
export function PaneFrame({ pane: { id, panel }, focused, several, share, edge, children }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const roomy = useWider(frame, leastPane + sheetWidth);
  const seen = panel === null || roomy;
  const state = useMemo(() => ({ focused, several, seen, edge }), [focused, several, seen, edge]);
  const { veil, ...dropping } = usePaneDrop(id);
  useEffect(() => {
    if (frame.current && focused && takeFocusFor(id)) enter(frame.current);
  });
  const take = () => {
    if (!focused) focusPane(id);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whatever is pressed in it has a meaning of its own
    <div
      className="pane-frame"
      ref={frame}
      data-pane={id}
      data-focused={focused || undefined}
      data-panel={panel ? (roomy ? 'beside' : 'over') : undefined}
      style={{ flexGrow: share }}
      tabIndex={-1}
      onFocus={take}
      onPointerDownCapture={take}
      {...dropping}
    >
      <PaneProvider value={state}>{children}</PaneProvider>
      {veil}
    </div>
  );
}

/** Where one goes on: the box, or the sheet that covers it. Fingers get no keyboard they did not ask for. */
function enter(frame: HTMLElement): void {
  if (frame.contains(document.activeElement)) return;
  const fine = matchMedia('(pointer: fine)').matches;
  const box = frame.dataset.panel === 'over' ? '.panel h2' : '.composer textarea';
  (fine ? (frame.querySelector<HTMLElement>(box) ?? frame) : frame).focus({ preventScroll: true });
}

function useWider(box: RefObject<HTMLElement | null>, least: number): boolean {
  const [wider, setWider] = useState(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setWider(element.clientWidth >= least);
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [box, least]);
  return wider;
}
