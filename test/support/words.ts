import { readFileSync } from 'node:fs';

export type Values = Record<string, string | number>;
/** A text of the page by its name, as the page says it. */
export type Word = (name: string, values?: Values) => string;

/** The texts of one language, from the files they are written in. Those with plurals are not for this. */
export function wordsOf(language: string): Word {
  const areas = new Map<string, Record<string, string>>();
  const load = (area: string) => {
    const file = new URL(`../../web/locales/${language}/${area}.json`, import.meta.url);
    const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
    areas.set(area, texts);
    return texts;
  };
  return (name, values = {}) => {
    const [area = '', key = ''] = name.split('.');
    const text = (areas.get(area) ?? load(area))[key];
    if (text === undefined) throw new Error(`there is no text ${name}`);
    return text.replace(/\{(\w+)\}/g, (_whole, value: string) => String(values[value] ?? `{${value}}`));
  };
}
