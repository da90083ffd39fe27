const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** True where every word typed occurs in the name or in one of the others; accents do not matter. */
export function matches(query: string, name: string, others: string[] = []): boolean {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const texts = [name, ...others].map(fold);
  return words.every((word) => texts.some((text) => text.includes(word)));
}
