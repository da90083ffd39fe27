/** How often each row that is drawn was drawn anew, in the order of the rows. */
export type Turns = ReadonlyMap<string, number>;

/**
 * Rows that are drawn now, after others were: those that kept their order stay in the page as they are. One that came
 * past others is drawn anew, for React would take all those it passed out of the page and put them back. `kept` is
 * never drawn anew.
 */
export function turnsOf(before: Turns, keys: readonly string[], kept: string): Turns {
  const places = new Map([...before.keys()].map((key, place) => [key, place]));
  const staying = inOrder(keys.flatMap((key) => places.get(key) ?? []));
  return new Map(
    keys.map((key) => {
      const turn = before.get(key) ?? 0;
      const place = places.get(key);
      return [key, place === undefined || key === kept || staying.has(place) ? turn : turn + 1];
    }),
  );
}

/** As many of the numbers as grow from each to the next. */
function inOrder(numbers: readonly number[]): ReadonlySet<number> {
  /** The least last number of growing rows of each length, and what came before each number in the longest that ends with it. */
  const ends: number[] = [];
  const beforeIt = new Map<number, number | undefined>();
  for (const number of numbers) {
    const found = ends.findIndex((end) => end >= number);
    const at = found < 0 ? ends.length : found;
    beforeIt.set(number, ends[at - 1]);
    ends[at] = number;
  }
  const chosen = new Set<number>();
  for (let number = ends.at(-1); number !== undefined; number = beforeIt.get(number)) chosen.add(number);
  return chosen;
}
