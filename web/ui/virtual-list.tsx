'use client';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { moveFocus } from './roving';
import { useView } from './use-view';

type Props<T> = {
  label: string;
  items: T[];
  keyOf: (item: T) => string;
  /** Every row is as tall. */
  rowHeight: number;
  /** Shown from its top again whenever this changes, as after another search. */
  about: string;
  children: (item: T) => ReactNode;
};

/** Rows drawn beyond what is seen, so that keys and quick scrolling find something. */
const spare = 8;

/** A list of any length in a box of its own: only the rows in view are in the page. Arrow keys move among them. */
export function VirtualList<T>({ label, items, keyOf, rowHeight, about, children }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const view = useView(box, (spare * rowHeight) / 2);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it is about something else
  useLayoutEffect(() => {
    box.current?.scrollTo(0, 0);
  }, [about]);
  // A list that just became shorter has not been scrolled there yet.
  const top = Math.max(0, Math.min(view.top, items.length * rowHeight - view.height));
  const from = Math.max(0, Math.floor(top / rowHeight) - spare);
  const to = Math.min(items.length, Math.ceil((top + view.height) / rowHeight) + spare);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows have the keyboard
    <div className="virtual" ref={box} onKeyDown={(event) => moveFocus(event, box.current)}>
      <ul aria-label={label} style={{ height: items.length * rowHeight }}>
        {items.slice(from, to).map((item, index) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={from + index + 1}
            style={{ top: (from + index) * rowHeight, height: rowHeight }}
          >
            {children(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}
