import { wordsOf } from '../../lib/text';

/** How a name answers to what is typed, the best first: it begins with it, one of its words does, or it has its letters. */
export function rankOf(name: string, query: string): 0 | 1 | 2 {
  const typed = wordsOf(query).join(' ');
  const words = wordsOf(name);
  const at = words.findIndex((_, index) => words.slice(index).join(' ').startsWith(typed));
  return at < 0 ? 2 : at === 0 ? 0 : 1;
}

type Ranked = { rank: number; score: number };

/** For sorting: the better rank, then the better score; what is equal keeps its order. */
export const byRank = (a: Ranked, b: Ranked): number => a.rank - b.rank || b.score - a.score;
