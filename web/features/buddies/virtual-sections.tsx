'use client';
import { memo, type ReactNode, type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { count as counted } from '../../lib/format';
import { Icon } from '../../ui/icons';
import { useView } from '../../ui/use-view';
import { headKey, inView, type Placed, place, type Section } from './layout';
import { type Turns, turnsOf } from './turns';
import { useListKeys } from './use-list-keys';

type RowLike = { key: string; is: string };
type Props<Row extends RowLike> = {
  label: string;
  sections: readonly Section<Row>[];
  /** Shown from its top again whenever this changes, as after another search. */
  about: string;
  onToggle: (section: string) => void;
  /** Opens or shuts what is below a row; answers false where there is nothing. */
  onOpen?: (row: Row, open: boolean) => boolean;
  children: (row: Row, stop: { tabIndex: number }) => ReactNode;
};

/** Rows drawn beyond what is seen, in pixels: scrolling draws anew once in this many. */
const spare = 480;
const none: Turns = new Map();

/** Sections of rows of any number: only what is in view is in the page, and what has the focus. */
export function VirtualSections<Row extends RowLike>(props: Props<Row>) {
  const { label, sections, about, onToggle, onOpen, children } = props;
  const box = useRef<HTMLElement>(null);
  const view = useView(box, spare / 2);
  const heights = useHeights(box);
  const { placed, height } = useMemo(
    () => place(sections, { head: heights.head, of: (row) => heights[row.is] ?? heights.person ?? 0 }),
    [sections, heights],
  );
  const keys = useListKeys({ box, placed, onToggle, onOpen });
  // What scrolls is drawn by others: a ref of theirs would be empty while effects run for the first time.
  const findBox = useCallback((element: HTMLElement | null) => {
    box.current = element?.closest<HTMLElement>('.sidebar-list') ?? null;
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it is about something else
  useLayoutEffect(() => {
    box.current?.scrollTo(0, 0);
  }, [about]);
  // A list that just became shorter has not been scrolled there yet.
  const top = Math.max(0, Math.min(view.top, height - view.height));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows have the keyboard
    <div
      className="sections"
      ref={findBox}
      style={{ height }}
      onKeyDown={keys.onKeyDown}
      onFocus={keys.onFocus}
      onBlur={keys.onBlur}
    >
      {placed.map((section) => (
        <SectionRows
          key={section.key}
          label={label}
          section={section}
          from={top - spare}
          to={top + view.height + spare}
          active={keys.active}
          last={keys.last}
          onToggle={onToggle}
        >
          {children}
        </SectionRows>
      ))}
    </div>
  );
}

type SectionProps<Row extends RowLike> = {
  label: string;
  section: Placed<Row>;
  from: number;
  to: number;
  active: string;
  /** The row that had the focus last. */
  last: string;
  onToggle: (section: string) => void;
  children: Props<Row>['children'];
};

function SectionRows<Row extends RowLike>(props: SectionProps<Row>) {
  const { label, section, from, to, active, last, onToggle, children } = props;
  const { rows, tops, top, height, title } = section;
  const seen = inView(section, from, to);
  const indexes = Array.from({ length: seen.to - seen.from }, (_, n) => seen.from + n);
  const kept = useMemo(
    () => (section.open ? rows.findIndex((row) => row.key === active) : -1),
    [section.open, rows, active],
  );
  if (kept >= 0 && (kept < seen.from || kept >= seen.to)) indexes.push(kept);
  const drawn = indexes.flatMap((index) => rows[index]?.key ?? []);
  const before = useRef<Turns>(none);
  const turns = turnsOf(before.current, drawn, last);
  useLayoutEffect(() => {
    before.current = turns;
  });
  if (indexes.length === 0 && (to < top || from > top + height)) return null;
  return (
    <section className="row-section" aria-label={title ?? label} style={{ top, height }}>
      {title !== null && <Head section={section} active={active === headKey(section.key)} onToggle={onToggle} />}
      {indexes.length > 0 && (
        <ul className="rows" aria-label={title === null ? label : undefined}>
          {indexes.map((index) => {
            const row = rows[index];
            if (!row) return null;
            const start = tops[index] ?? 0;
            return (
              <li
                key={`${row.key} ${turns.get(row.key)}`}
                data-row={row.key}
                className={`rows-${row.is}`}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                style={{ top: start, height: (tops[index + 1] ?? height) - start }}
              >
                {children(row, { tabIndex: row.key === active ? 0 : -1 })}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

type HeadProps = {
  section: { key: string; title: string | null; count: number; open: boolean };
  active: boolean;
  onToggle: (section: string) => void;
};

const Head = memo(
  function Head({ section: { key, title, count, open }, active, onToggle }: HeadProps) {
    return (
      <h2 className="row-head" data-row={headKey(key)}>
        <button type="button" data-roving tabIndex={active ? 0 : -1} aria-expanded={open} onClick={() => onToggle(key)}>
          <Icon name={open ? 'down' : 'next'} size={12} />
          <span className="section-name">{title}</span> <span className="section-count">{counted(count)}</span>
        </button>
      </h2>
    );
  },
  (a, b) =>
    a.active === b.active &&
    a.onToggle === b.onToggle &&
    a.section.key === b.section.key &&
    a.section.title === b.section.title &&
    a.section.count === b.section.count &&
    a.section.open === b.section.open,
);

type Heights = { head: number } & Record<string, number>;

/** The heights of the rows, as the style sheets have them for this width and density. */
function useHeights(box: RefObject<HTMLElement | null>): Heights {
  const [heights, setHeights] = useState<Heights>({ head: 32, person: 44, buddy: 32, chat: 56 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const style = getComputedStyle(element);
      const of = (name: string) => Number.parseFloat(style.getPropertyValue(`--row-${name}`));
      const found = { head: of('head'), person: of('person'), buddy: of('buddy'), chat: of('chat') };
      setHeights((before) => (JSON.stringify(before) === JSON.stringify(found) ? before : found));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    const looks = new MutationObserver(look);
    looks.observe(document.documentElement, { attributes: true });
    return () => {
      sizes.disconnect();
      looks.disconnect();
    };
  }, [box]);
  return heights;
}
