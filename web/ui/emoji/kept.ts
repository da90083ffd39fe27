import type { Emoji } from '../../lib/emoji/find';

const recentKey = 'parley.emoji.recent';
const toneKey = 'parley.emoji.tone';
const most = 27;

/** What was used last in this browser, the newest first. */
export function recentEmoji(): string[] {
  const kept = localStorage.getItem(recentKey);
  return kept ? kept.split(' ') : [];
}

export function noteEmoji(text: string): void {
  const recent = [text, ...recentEmoji().filter((one) => one !== text)].slice(0, most);
  localStorage.setItem(recentKey, recent.join(' '));
}

export function keptTone(): number {
  const tone = Number(localStorage.getItem(toneKey));
  return Number.isInteger(tone) && tone >= 0 && tone <= 5 ? tone : 0;
}

export const keepTone = (tone: number): void => localStorage.setItem(toneKey, String(tone));

/** Those used last, as they are called; what is no longer known is left out. */
export function known(all: readonly Emoji[], texts: readonly string[], plain: (text: string) => string): Emoji[] {
  const byText = new Map(all.map((emoji) => [emoji.text, emoji]));
  return texts.flatMap((text) => {
    const emoji = byText.get(text) ?? byText.get(plain(text));
    return emoji ? [{ ...emoji, text }] : [];
  });
}
