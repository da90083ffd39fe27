export type Emoji = {
  text: string;
  group: number;
  /** Whether it is drawn in several skin tones. */
  tones: boolean;
  /** As typed between colons. */
  codes: string[];
  name: string;
  /** What it is called, and what else it may be found by; without accents, in small letters. */
  called: string[];
  words: string[];
};

export const skinTones = ['', '\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'] as const;

/** In a skin tone, 1 to 5; people beside each other have it together. */
export const toned = (text: string, tone: number): string =>
  tone === 0
    ? text
    : text.replace(
        /(\p{Emoji_Modifier_Base})\uFE0F?(?!\u200D\p{Emoji_Modifier_Base}\u200D)/u,
        `$1${skinTones[tone] ?? ''}`,
      );

export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that a query means, the closest first. */
export function findEmoji(all: readonly Emoji[], query: string, most = 200): Emoji[] {
  const wanted = fold(query.trim());
  if (!wanted) return [];
  const ranked: { emoji: Emoji; rank: number }[] = [];
  for (const emoji of all) {
    const rank = rankOf(emoji, wanted);
    if (rank !== null) ranked.push({ emoji, rank });
  }
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

/** The lower, the closer; null: not meant. */
function rankOf({ text, called, words }: Emoji, wanted: string): number | null {
  if (text === wanted || called.includes(wanted)) return 0;
  if (called.some((one) => one.startsWith(wanted))) return 1;
  if (words.includes(wanted)) return 2;
  if (called.some((one) => partStarts(one, wanted))) return 3;
  if (words.some((one) => partStarts(one, wanted))) return 4;
  const within = (one: string) => one.includes(wanted);
  return wanted.length > 2 && (called.some(within) || words.some(within)) ? 5 : null;
}

function partStarts(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || ' _-'.includes(text.charAt(at - 1))) return true;
  }
  return false;
}
