/** Items under headings, laid out in rows that are all as tall, so that only those in view need be drawn. */
export type Section<T> = { key: string; title: string; items: T[] };
export type Row<T> =
  | { is: 'head'; key: string; title: string }
  | { is: 'items'; key: string; first: number; items: T[] };

export function rowsOf<T>(sections: Section<T>[], columns: number): Row<T>[] {
  const rows: Row<T>[] = [];
  let first = 0;
  for (const { key, title, items } of sections) {
    if (items.length === 0) continue;
    rows.push({ is: 'head', key, title });
    for (let at = 0; at < items.length; at += columns) {
      const part = items.slice(at, at + columns);
      rows.push({ is: 'items', key: `${key} ${at}`, first, items: part });
      first += part.length;
    }
  }
  return rows;
}

/** The row an item is in. */
export const rowAt = <T>(rows: Row<T>[], index: number): number =>
  rows.findIndex((row) => row.is === 'items' && index >= row.first && index < row.first + row.items.length);

export type Move = 'next' | 'previous' | 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

const page = 5;

/** Which item comes after `index` on a move; it stays where there is none. */
export function moved<T>(rows: Row<T>[], index: number, move: Move): number {
  const items = rows.filter((row) => row.is === 'items');
  const last = items.at(-1);
  if (!last) return 0;
  const end = last.first + last.items.length - 1;
  const at = rowAt(items, index);
  const from = items[at];
  const vertical = (by: number): number => {
    const to = items[Math.max(0, Math.min(items.length - 1, at + by))];
    if (!from || !to) return index;
    return to.first + Math.min(index - from.first, to.items.length - 1);
  };
  switch (move) {
    case 'next':
      return Math.min(end, index + 1);
    case 'previous':
      return Math.max(0, index - 1);
    case 'up':
      return vertical(-1);
    case 'down':
      return vertical(1);
    case 'page-up':
      return vertical(-page);
    case 'page-down':
      return vertical(page);
    case 'first':
      return 0;
    case 'last':
      return end;
  }
}
