'use client';
import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useLatest } from '../../lib/use-latest';
import { headKey, type Placed, spotsOf, stepFrom } from './layout';

type RowLike = { key: string; is: string };
type Options<Row extends RowLike> = {
  box: RefObject<HTMLElement | null>;
  placed: readonly Placed<Row>[];
  onToggle: (section: string) => void;
  onOpen?: (row: Row, open: boolean) => boolean;
};

const keyOf = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset.row : undefined;

/**
 * One stop for the Tab key; arrows, Page, Home and End move through rows that need not be drawn yet, left and right shut
 * and open. The focus stays with its row wherever that goes, and with the next one when it is gone.
 */
export function useListKeys<Row extends RowLike>({ box, placed, onToggle, onOpen }: Options<Row>) {
  const [active, setActive] = useState('');
  /** Where the focus is to be after the next drawing. */
  const wanted = useRef<string | null>(null);
  /** The row that has the focus, and where it stood. */
  const held = useRef<{ key: string; index: number } | null>(null);
  const latest = useLatest(placed);
  const stop = useMemo(() => (active !== '' && isThere(placed, active) ? active : firstOf(placed)), [placed, active]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (held.current && !element.contains(document.activeElement) && document.activeElement === document.body) {
      const spots = spotsOf(latest.current);
      const still = spots.find(({ key }) => key === held.current?.key || sameRow(key, held.current?.key));
      const next = still ?? spots[Math.min(held.current.index, spots.length - 1)];
      if (next && wanted.current === null) {
        wanted.current = next.key;
        setActive(next.key);
      }
    }
    if (wanted.current === null) return;
    if (focusRow(element, wanted.current)) wanted.current = null;
  });

  const focusOn = useCallback(
    (key: string) => {
      const spot = spotsOf(latest.current).find((one) => one.key === key);
      const element = box.current;
      if (!spot || !element) return;
      const { scrollTop, clientHeight } = element;
      // Below its heading, which stays in view.
      const covered = latest.current.find((one) => one.key === spot.section)?.head ?? 0;
      if (spot.top - covered < scrollTop) element.scrollTop = spot.top - covered;
      else if (spot.top + spot.height > scrollTop + clientHeight)
        element.scrollTop = spot.top + spot.height - clientHeight;
      if (focusRow(element, key)) return;
      wanted.current = key;
      setActive(key);
    },
    [box],
  );

  useEffect(() => {
    const onPointer = ({ target }: PointerEvent) => {
      if (target instanceof Node && !box.current?.contains(target)) held.current = null;
    };
    document.addEventListener('pointerdown', onPointer, { capture: true });
    return () => document.removeEventListener('pointerdown', onPointer, { capture: true });
  }, [box]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const key = keyOf(event.target);
    const element = box.current;
    if (key === undefined || !element) return;
    const spots = spotsOf(placed);
    const at = spots.findIndex((spot) => spot.key === key);
    const spot = spots[at];
    const page = Math.max(1, Math.floor(element.clientHeight / (spot?.height || 40)) - 1);
    const to = stepFrom(event.key, at, spots.length, page);
    if (to !== null) {
      event.preventDefault();
      const next = spots[to];
      if (next) focusOn(next.key);
      return;
    }
    const opens = sidewards(event);
    const section = placed.find((one) => one.key === spot?.section);
    if (opens === null || !section) return;
    event.preventDefault();
    if (key === headKey(section.key)) {
      if (section.open !== opens) onToggle(section.key);
      return;
    }
    const row = section.rows.find((one) => one.key === key);
    if (row && onOpen?.(row, opens)) return;
    // Out of what is below: to the row above it, then to the heading.
    const above = section.rows.findLast((one) => key.startsWith(`${one.key} `))?.key ?? headKey(section.key);
    if (!opens && spots.some((one) => one.key === above)) focusOn(above);
  };

  const onFocus = (event: FocusEvent) => {
    const key = keyOf(event.target);
    if (key === undefined) return;
    held.current = { key, index: spotsOf(latest.current).findIndex((spot) => spot.key === key) };
    setActive(key);
  };

  const onBlur = (event: FocusEvent) => {
    // What is taken out of the page loses the focus to nothing, and gets it again.
    if (event.relatedTarget !== null) held.current = null;
  };

  return { active: stop, last: active, onKeyDown, onFocus, onBlur };
}

function focusRow(box: HTMLElement, key: string): boolean {
  const stop = box.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"] [data-roving]`);
  stop?.focus({ preventScroll: true });
  return stop !== null;
}

const firstOf = <Row extends RowLike>(placed: readonly Placed<Row>[]): string =>
  placed.find(({ open, rows }) => open && rows.length > 0)?.rows[0]?.key ?? headKey(placed[0]?.key ?? '');

function isThere<Row extends RowLike>(placed: readonly Placed<Row>[], key: string): boolean {
  return placed.some((section) => headKey(section.key) === key || section.rows.some((row) => row.key === key));
}

/** The same person in another section: what comes after the section's name is their id. */
const sameRow = (key: string, other = ''): boolean =>
  key.includes(' ') && !key.startsWith('head ') && key.slice(-36) === other.slice(-36);

/** Open or shut, in the direction of the language; null for another key. */
function sidewards(event: KeyboardEvent): boolean | null {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return null;
  const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
  return (event.key === 'ArrowRight') !== rtl;
}
