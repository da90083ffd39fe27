import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { placeholders, readTexts, SOURCE } from './texts.mjs';

/** Words that are the same in every language: names, units, and what is only placeholders and signs. */
const NAMES =
  /\b(Parley|IRC|XMPP|Matrix|Telegram|SMS|MMS|IM|Email|URL|PIN|API|ID|OK|UTC|KB|MB|GB|Ctrl|Shift|Alt|Enter|Esc)\b/g;
/** Their script is not Latin, so that a text in Latin letters alone was not translated. */
const OTHER_SCRIPT = { ar: /\p{Script=Arabic}/u, ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u };
/** What a count must tell apart in a language, beside `other`. */
const COUNTS = { en: ['one'], de: ['one'], es: ['one'], fr: ['one'], ar: ['two', 'few', 'many'], ja: [] };

/** @returns {string[]} what is missing, left over or given otherwise, a line each */
export function problemsOf(root) {
  const texts = readTexts(root);
  const source = texts.get(SOURCE);
  return [...texts]
    .flatMap(([language, found]) => languageProblems(language, found, source))
    .concat(unusedTexts(root, source));
}

function* compare(language, found, source) {
  for (const [name, text] of source) {
    const other = found.get(name);
    if (other === undefined) yield `is missing: ${name} (${JSON.stringify(text)})`;
    else yield* textProblems(language, name, other, text);
  }
  for (const name of found.keys()) if (!source.has(name)) yield `has a text that English does not have: ${name}`;
}

const languageProblems = (language, found, source) =>
  [...compare(language, found, source)].map((problem) => `web/locales/${language} ${problem}`);

function* textProblems(language, name, text, source) {
  let given;
  try {
    given = placeholders(text);
  } catch (error) {
    yield `${name} is not ICU MessageFormat: ${error.message}`;
    return;
  }
  const [mine, theirs] = [given, placeholders(source)].map((map) => [...map.keys()].sort().join(', '));
  if (mine !== theirs) yield `${name} has the placeholders (${mine}), English has (${theirs})`;
  if (/, *plural *,/.test(text)) {
    for (const category of COUNTS[language] ?? []) {
      if (!new RegExp(`\\b${category} *\\{`).test(text)) yield `${name} does not say the plural form "${category}"`;
    }
  }
  const script = OTHER_SCRIPT[language];
  const words = source.replace(/\{[^}]*\}|<[^>]*>/g, ' ').replace(NAMES, ' ');
  if (script && /\p{L}{3,}/u.test(words) && !script.test(text) && text === source)
    yield `${name} is still English: ${JSON.stringify(text)}`;
}

/** Texts no source names, neither whole nor by its beginning (`chat.status-${…}`). */
function unusedTexts(root, source) {
  const code = sources(path.join(root, 'web')).join('\n');
  const named = new Set([...code.matchAll(/['"`]([a-z][a-z0-9-]*\.[a-z0-9.-]+)['"`]/g)].map(([, name]) => name));
  const begun = [...code.matchAll(/`([a-z][a-z0-9-]*\.[a-z0-9.-]*)\$\{/g)].map(([, start]) => start);
  return [...source.keys()]
    .filter((name) => !named.has(name) && !begun.some((start) => name.startsWith(start)))
    .map((name) => `web/locales/en has a text that nothing shows: ${name}`);
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'out', '.next', 'locales'].includes(entry.name) ? [] : sources(file);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(file, 'utf8')] : [];
  });
}
