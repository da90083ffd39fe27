'use client';
import { startTransition, useEffect, useState } from 'react';
import { afterPaint } from '../../lib/idle';
import { loadNewer, loadOlder } from '../../lib/sync/load';
import type { Shown } from '../../lib/sync/timeline';
import { following, freeze, rangeOf, type Span, settled, widenDown, widenUp } from './span';
import { patience } from './timeline-top';
import type { View } from './use-scroll';

/** More rows are drawn long before the reader gets there, bit by bit between frames. */
const drawAheadPx = 1200;
/** Messages are asked for while there are still so many to be drawn, or so little to be scrolled. */
const askAheadRows = 60;
const askAheadPx = 600;

/** Which messages are drawn. It goes on in both directions as the reader moves. */
export function useSpan(id: string, timeline: Shown) {
  const { items } = timeline;
  const [span, setSpan] = useState<Span>(() => following(innerHeight));
  useEffect(() => {
    const settle = (now: Span) => (now.end === null ? { ...settled, count: Math.max(now.count, settled.count) } : now);
    afterPaint(() => startTransition(() => setSpan(settle)));
  }, []);
  const { from, to } = rangeOf(items, span);
  const wider = (next: Span | null) => {
    // The span may be another by then.
    if (next) afterPaint(() => startTransition(() => setSpan((now) => (now === span ? next : now))));
    return next !== null;
  };

  const older = ({ above, atEnd }: View) => {
    if (above < drawAheadPx) wider(widenUp(items, span));
    const asks = from === 0 ? above < askAheadPx : !atEnd && from < askAheadRows;
    if (asks && timeline.more && !timeline.loading && !timeline.error && timeline.fruitless < patience)
      void loadOlder(id);
  };
  const newer = ({ below, atEnd }: View) => {
    const drawn = span.end === null || (below < drawAheadPx && !wider(widenDown(items, span)));
    if (drawn && span.end !== null && atEnd && timeline.atLatest) setSpan({ ...span, end: null });
    if (items.length - to < askAheadRows && !timeline.atLatest && !timeline.loading && !timeline.error)
      void loadNewer(id);
  };
  const hold = () => setSpan((one) => freeze(items, one));
  return { from, to, setSpan, older, newer, hold };
}
