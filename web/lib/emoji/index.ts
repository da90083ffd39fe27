import { locale } from '../i18n';
import { type Emoji, fold } from './find';

const names: Record<string, () => Promise<{ default: string[] }>> = {
  ar: () => import('./generated/ar.json'),
  de: () => import('./generated/de.json'),
  en: () => import('./generated/en.json'),
  es: () => import('./generated/es.json'),
  fr: () => import('./generated/fr.json'),
  ja: () => import('./generated/ja.json'),
};

let coming: Promise<Emoji[]> | undefined;

/** All emoji in their usual order, with what they are called in the user's language. */
export function loadEmoji(): Promise<Emoji[]> {
  coming ??= load().catch((error: unknown) => {
    coming = undefined;
    throw error;
  });
  return coming;
}

async function load(): Promise<Emoji[]> {
  const language = locale().slice(0, 2);
  const [set, said] = await Promise.all([import('./generated/set.json'), (names[language] ?? names.en!)()]);
  return set.default.map(([text, group, tones, codes], index) => {
    const [name = '', ...words] = (said.default[index] ?? '').split('|');
    const short = String(codes).split(' ');
    return {
      text: String(text),
      group: Number(group),
      tones: tones === 1,
      codes: short,
      name,
      called: [fold(name), ...short],
      words: words.map(fold),
    };
  });
}
