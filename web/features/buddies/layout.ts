/** A part of a list: its heading, if it has one, and its rows while it is open. */
export type Section<Row extends { key: string }> = {
  key: string;
  title: string | null;
  /** How many it holds, open or not. */
  count: number;
  open: boolean;
  rows: readonly Row[];
};

export type Placed<Row extends { key: string }> = Section<Row> & {
  top: number;
  height: number;
  head: number;
  /** Where each row begins, from the section's own top. */
  tops: readonly number[];
};

export type Spot = { key: string; section: string; top: number; height: number };

/** Puts sections of rows of known heights below each other. */
export function place<Row extends { key: string }>(
  sections: readonly Section<Row>[],
  heights: { head: number; of(row: Row): number },
): { placed: Placed<Row>[]; height: number } {
  let top = 0;
  const placed = sections.map((section) => {
    const head = section.title === null ? 0 : heights.head;
    const tops: number[] = [];
    let below = head;
    for (const row of section.open ? section.rows : []) {
      tops.push(below);
      below += heights.of(row);
    }
    const one = { ...section, top, height: below, head, tops };
    top += below;
    return one;
  });
  return { placed, height: top };
}

/** The rows of a section between two heights of the list: the first of them, and the first after them. */
export function inView<Row extends { key: string }>(
  { top, height, tops }: Placed<Row>,
  from: number,
  to: number,
): { from: number; to: number } {
  if (from >= top + height || to <= top) return { from: 0, to: 0 };
  return { from: Math.max(0, firstFrom(tops, from - top + 1) - 1), to: firstFrom(tops, to - top) };
}

/** The first index whose value is not below `limit`. */
function firstFrom(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Everything the keys stop at, from top to bottom: headings and rows. */
export function spotsOf<Row extends { key: string }>(placed: readonly Placed<Row>[]): Spot[] {
  const spots: Spot[] = [];
  for (const { key: section, top, head, height, tops, rows } of placed) {
    if (head > 0) spots.push({ key: headKey(section), section, top, height: head });
    for (const [index, start] of tops.entries()) {
      const end = tops[index + 1] ?? height;
      spots.push({ key: rows[index]?.key ?? '', section, top: top + start, height: end - start });
    }
  }
  return spots;
}

export const headKey = (section: string): string => `head ${section}`;

/** Where a key leads from a spot; null for a key that leads nowhere. */
export function stepFrom(key: string, at: number, count: number, page: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}
