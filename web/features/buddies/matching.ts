import { fold, wordsOf } from '../../lib/text';

/** True where every word typed occurs in the name or in one of the others; accents do not matter. */
export function matches(query: string, name: string, others: string[] = []): boolean {
  const words = wordsOf(query);
  if (words.length === 0) return true;
  const texts = [name, ...others].map(fold);
  return words.every((word) => texts.some((text) => text.includes(word)));
}

/** The same for many rows at each key: what a row says is folded once, as long as it is the same row. */
export class Finder<T extends object> {
  readonly #folded = new WeakMap<T, string>();

  constructor(private readonly textsOf: (row: T) => string[]) {}

  find(rows: readonly T[], query: string): readonly T[] {
    const words = wordsOf(query);
    if (words.length === 0) return rows;
    return rows.filter((row) => {
      const text = this.#fold(row);
      return words.every((word) => text.includes(word));
    });
  }

  #fold(row: T): string {
    const known = this.#folded.get(row);
    if (known !== undefined) return known;
    // No word that is looked for has a line end in it.
    const text = fold(this.textsOf(row).join('\n'));
    this.#folded.set(row, text);
    return text;
  }
}
