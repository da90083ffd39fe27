'use client';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { afterPaint } from '../../lib/idle';
import { useLatest } from '../../lib/use-latest';

const nearEnd = 24;

/** A row near the top of the view, the edge of it that stays where it is, and the topmost row that is seen. */
type Anchor = { id: string; edge: 'top' | 'bottom'; at: number; first: string };

/** What is seen: how much is drawn above and below it, and the topmost message of it. */
export type View = { above: number; below: number; atEnd: boolean; topId: string | null };

type Hooks = {
  /** What is drawn ends with the newest: news come there, and the view goes with them. */
  follows: boolean;
  /** After the reader has moved. */
  onMove: (view: View) => void;
  /** After the rows were drawn. */
  onDrawn: (view: View) => void;
};

/**
 * Keeps the reader's place. At the end it stays at the end, whatever grows; elsewhere what is below the topmost row
 * in view stays where it is, whatever is drawn above it: also where that row goes on with an older one by then, or the
 * line of what is new leaves the place below it.
 */
export function useScroll(box: RefObject<HTMLDivElement | null>, drawn: unknown, hooks: Hooks) {
  const stuck = useRef(true);
  /** On the way to the newest, which is not drawn yet. */
  const goesThere = useRef(false);
  const anchor = useRef<Anchor | null>(null);
  const lastTop = useRef(0);
  /** Its size is watched: whatever is drawn at the end is seen before it is painted, and need not be laid out at once. */
  const watched = useRef(false);
  const latest = useLatest(hooks);

  const keepEnd = useCallback((element: HTMLElement) => {
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, []);

  const toEnd = useCallback(() => {
    stuck.current = true;
    goesThere.current = true;
    anchor.current = null;
    if (box.current) keepEnd(box.current);
  }, [box, keepEnd]);

  const look = useCallback(() => {
    const element = box.current;
    if (!element) return;
    // What has grown at the end since the last word of it is not the reader's doing; going up is.
    if (stuck.current && element.scrollTop >= lastTop.current) keepEnd(element);
    lastTop.current = element.scrollTop;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const { follows } = latest.current;
    stuck.current = below < nearEnd && (follows || goesThere.current);
    if (follows || !stuck.current) goesThere.current = false;
    const top = topRow(element);
    anchor.current = stuck.current ? null : top;
    latest.current.onMove({ above: element.scrollTop, below, atEnd: stuck.current, topId: top?.first ?? null });
  }, [box, keepEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each drawing of the rows
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const tell = () => {
      const above = element.scrollTop;
      const below = element.scrollHeight - above - element.clientHeight;
      // The reader has been waiting at the end of what was drawn, and now it is the end of all.
      if (!stuck.current && latest.current.follows && below < nearEnd) return look();
      latest.current.onDrawn({ above, below, atEnd: stuck.current, topId: anchor.current?.first ?? null });
    };
    if (stuck.current && watched.current) return afterPaint(tell);
    if (stuck.current) keepEnd(element);
    else if (anchor.current) hold(element, anchor.current);
    tell();
  }, [box, drawn, look, keepEnd]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => {
      if (stuck.current) keepEnd(element);
      else if (anchor.current) hold(element, anchor.current);
    });
    sizes.observe(element);
    for (const child of element.children) sizes.observe(child);
    watched.current = true;
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      watched.current = false;
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box, look, keepEnd]);

  const moveTo = useCallback((element: HTMLElement, row: HTMLElement, gap: number) => {
    stuck.current = false;
    goesThere.current = false;
    element.scrollTop += topIn(element, row) - gap;
    anchor.current = topRow(element);
  }, []);

  /** Shows a row and gives it the focus. Answers false where it is not drawn. */
  const toRow = useCallback(
    (id: string): boolean => {
      const element = box.current;
      const row = element ? rowOf(element, id) : null;
      if (!element || !row) return false;
      moveTo(element, row, Math.max(48, (element.clientHeight - row.offsetHeight) / 3));
      row.focus({ preventScroll: true });
      row.classList.add('message-shown');
      setTimeout(() => row.classList.remove('message-shown'), 2000);
      return true;
    },
    [box, moveTo],
  );

  /** Goes up to a row that is above the view. Answers whether it was. */
  const toRowIfAbove = useCallback(
    (id: string): boolean => {
      const element = box.current;
      const row = element ? rowOf(element, id) : null;
      if (element && stuck.current) keepEnd(element);
      if (!element || !row || topIn(element, row) >= 0) return false;
      moveTo(element, row, 64);
      return true;
    },
    [box, moveTo, keepEnd],
  );
  return { toEnd, toRow, toRowIfAbove };
}

export const rowOf = (box: HTMLElement, id: string) =>
  box.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
export const topIn = (box: HTMLElement, row: HTMLElement): number =>
  row.getBoundingClientRect().top - box.getBoundingClientRect().top;

/** What holds the place of what is in view. */
export function topRow(box: HTMLElement): Anchor | null {
  const edge = box.getBoundingClientRect().top;
  const rows = box.querySelectorAll<HTMLElement>('[data-message]');
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > edge) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  if (!row) return null;
  const { top, bottom } = row.getBoundingClientRect();
  const id = row.dataset.message ?? '';
  if (bottom - edge >= box.clientHeight / 2) return { id, edge: 'top', at: top - edge, first: id };
  const next = rows[low + 1];
  if (!next) return { id, edge: 'bottom', at: bottom - edge, first: id };
  return { id: next.dataset.message ?? '', edge: 'top', at: next.getBoundingClientRect().top - edge, first: id };
}

function hold(box: HTMLElement, { id, edge, at }: Anchor): void {
  const row = rowOf(box, id);
  if (!row) return;
  const moved = row.getBoundingClientRect()[edge] - box.getBoundingClientRect().top - at;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
}
