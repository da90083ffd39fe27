import { setupI18n } from '@lingui/core';
import english from '../../locales/generated/en-first';
import { first, languages, rest } from '../../locales/generated/load';
import type { Texts } from '../../locales/generated/texts';

/**
 * The words of the page in the user's language (ICU MessageFormat; `web/locales`). The language is that of the page as
 * a whole: to change it, the page is loaded anew, so `t` may be called anywhere but while a module is being evaluated.
 */
export type Language = (typeof languages)[number];
export type TextName = keyof Texts;
/** Texts that are given nothing. */
export type PlainText = { [Name in TextName]: Texts[Name] extends null ? Name : never }[TextName];

export { languages };

const key = 'parley.language';
const rightToLeft = new Set<string>(['ar']);

const i18n = setupI18n();
i18n.loadAndActivate({ locale: 'en', messages: english });
let restComing: Promise<void> | undefined;

const isLanguage = (tag: string): tag is Language => languages.some((known) => known === tag);

/** What the user chose on this device; null: as the browser says. */
export function chosenLanguage(): Language | null {
  try {
    const chosen = localStorage.getItem(key) ?? '';
    return isLanguage(chosen) ? chosen : null;
  } catch {
    return null;
  }
}

function wanted(): Language {
  const tags = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return chosenLanguage() ?? tags.find(isLanguage) ?? 'en';
}

/** The language as a whole tag, with the region where the browser has one for it: for dates and numbers. */
export function locale(): string {
  const { locale: language } = i18n;
  if (typeof navigator === 'undefined') return language;
  if (known?.language !== language) {
    const tag = navigator.languages.find((one) => one.slice(0, 2).toLowerCase() === language) ?? language;
    known = { language, tag };
  }
  return known.tag;
}

/** It is asked for with every time that is shown. */
let known: { language: string; tag: string } | undefined;

/** Remembers the language and loads the page anew in it. */
export function chooseLanguage(language: Language | null): void {
  if (language === chosenLanguage()) return;
  if (language) localStorage.setItem(key, language);
  else localStorage.removeItem(key);
  location.reload();
}

/** Makes the words of the first screen present. Where they cannot be fetched, the page is English. */
export async function loadTexts(): Promise<void> {
  const language = wanted();
  if (language !== 'en') {
    try {
      const { default: messages } = await first[language]();
      i18n.load('en', english);
      i18n.loadAndActivate({ locale: language, messages });
    } catch {
      // A page that cannot be read in one's language is better than none.
    }
  }
  document.documentElement.lang = i18n.locale;
  document.documentElement.dir = rightToLeft.has(i18n.locale) ? 'rtl' : 'ltr';
}

/** Makes the words of all other parts of the page present. */
export function loadAllTexts(): Promise<void> {
  const language = wanted();
  restComing ??= rest[language]().then(
    ({ default: messages }) => i18n.load(language, messages),
    (error: unknown) => {
      restComing = undefined;
      throw error;
    },
  );
  return restComing;
}

type Given<Name extends TextName> = Texts[Name] extends null ? [] : [values: Texts[Name]];

/** One text, e.g. `t('common.cancel')` or `t('chat.unread', { count: 3 })`. */
export function t<Name extends TextName>(name: Name, ...[values]: Given<Name>): string {
  return i18n._(name, values ?? {});
}
