type Rules<T> = {
  compare(a: T, b: T): number;
  /** Whether a row stands where it stood before it changed. */
  stays(before: T, now: T): boolean;
};

/** Rows in order. What did not move is not sorted again, so that a change in ten thousand rows costs one look at each. */
export class Ordered<T extends { id: string }> {
  #rows: readonly T[] = [];

  constructor(private readonly rules: Rules<T>) {}

  take(rows: ReadonlyMap<string, T>): readonly T[] {
    const kept: T[] = [];
    for (const before of this.#rows) {
      const now = rows.get(before.id);
      if (now && (now === before || this.rules.stays(before, now))) kept.push(now);
    }
    this.#rows = kept.length === rows.size ? kept : this.#with(kept, rows);
    return this.#rows;
  }

  #with(kept: readonly T[], rows: ReadonlyMap<string, T>): readonly T[] {
    const known = new Set(kept.map((row) => row.id));
    const others = [...rows.values()].filter((row) => !known.has(row.id)).sort(this.rules.compare);
    const merged: T[] = [];
    let at = 0;
    for (const row of kept) {
      for (let other = others[at]; other && this.rules.compare(other, row) < 0; other = others[at]) {
        merged.push(other);
        at += 1;
      }
      merged.push(row);
    }
    return [...merged, ...others.slice(at)];
  }
}
