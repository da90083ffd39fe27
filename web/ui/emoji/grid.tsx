'use client';
import { useLayoutEffect, useRef, useState } from 'react';
import type { Emoji } from '../../lib/emoji/find';
import { type Row, rowAt } from '../../lib/emoji/rows';
import { t } from '../../lib/i18n';
import { useView } from '../use-view';

/** Rows drawn beyond what is seen. */
const spare = 4;

export const cellId = (id: string, index: number): string => `${id}-${index}`;

type Props = {
  id: string;
  rows: Row<Emoji>[];
  busy: boolean;
  active: number | null;
  /** The section to be shown from its top. */
  jump: { key: string } | null;
  onPick: (text: string) => void;
  onPoint: (index: number) => void;
};

export function Grid({ id, rows, busy, active, jump, onPick, onPoint }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [rowHeight, setRowHeight] = useState(36);
  const view = useView(box, (spare * rowHeight) / 2);
  useLayoutEffect(() => {
    if (box.current)
      setRowHeight(Number.parseFloat(getComputedStyle(box.current).getPropertyValue('--emoji-row')) || 36);
  }, []);
  useLayoutEffect(() => {
    const at = jump ? rows.findIndex((row) => row.is === 'head' && row.key === jump.key) : -1;
    if (at >= 0) box.current?.scrollTo(0, at * rowHeight);
  }, [jump, rows, rowHeight]);
  useLayoutEffect(() => {
    const element = box.current;
    if (active === null || !element) return;
    const top = rowAt(rows, active) * rowHeight;
    // The heading above the first row is shown with it.
    if (active === 0) element.scrollTo(0, 0);
    else if (top < element.scrollTop) element.scrollTo(0, top);
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTo(0, top + rowHeight - element.clientHeight);
  }, [active, rows, rowHeight]);

  const from = Math.max(0, Math.floor(view.top / rowHeight) - spare);
  const to = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + spare);
  return (
    <div ref={box} className="emoji-box">
      {rows.length === 0 && !busy && <p className="emoji-none muted">{t('emoji.none')}</p>}
      {/* biome-ignore lint/a11y/useSemanticElements: a grid of buttons that is not a table of data */}
      <div
        id={id}
        role="grid"
        aria-label={t('emoji.grid')}
        aria-rowcount={rows.length}
        aria-busy={busy}
        className="emoji-grid"
        style={{ height: rows.length * rowHeight }}
      >
        {rows.slice(from, to).map((row, index) => (
          // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: a row of a grid of buttons
          <div
            key={row.key}
            role="row"
            aria-rowindex={from + index + 1}
            className="emoji-row"
            style={{ top: (from + index) * rowHeight }}
          >
            {row.is === 'head' ? (
              // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: the heading of rows
              <span role="rowheader" className="emoji-head">
                {row.title}
              </span>
            ) : (
              row.items.map((emoji, column) => (
                // biome-ignore lint/a11y/useSemanticElements: a cell that is a button
                <button
                  key={emoji.text}
                  id={cellId(id, row.first + column)}
                  type="button"
                  role="gridcell"
                  tabIndex={-1}
                  aria-selected={row.first + column === active}
                  aria-label={emoji.name}
                  title={emoji.name}
                  className="emoji-cell emoji"
                  onMouseDown={(event) => event.preventDefault()}
                  onMouseEnter={() => onPoint(row.first + column)}
                  onClick={() => onPick(emoji.text)}
                >
                  {emoji.text}
                </button>
              ))
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
