import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileMessage } from '@lingui/message-utils/compileMessage';

/**
 * The words of the web client: `web/locales/<language>/<area>.json`, flat, ICU MessageFormat. They are compiled to
 * `web/locales/generated`: for each language one module with what the first screen needs and one with the rest, and
 * the names of all texts with what each must be given, as a type.
 */
export const SOURCE = 'en';
/** On the first screen; every other area comes with the first part of the page that is fetched later. */
const FIRST = [
  'common',
  'session',
  'shell',
  'buddies',
  'chat',
  'timeline',
  'compose',
  'content',
  'message',
  'account-state',
];

const NOTICE = '// Made by scripts/texts.mjs from the files beside this folder.\n';

/** @returns {Map<string, Map<string, string>>} by language, then by name (`area.key`) */
export function readTexts(root) {
  const folder = path.join(root, 'web', 'locales');
  const texts = new Map();
  for (const { name: language } of readdirSync(folder, { withFileTypes: true }).filter(isLanguage).sort(byName)) {
    const found = new Map();
    for (const file of readdirSync(path.join(folder, language)).sort()) {
      const area = path.basename(file, '.json');
      const content = JSON.parse(readFileSync(path.join(folder, language, file), 'utf8'));
      for (const [key, text] of Object.entries(content)) found.set(`${area}.${key}`, text);
    }
    texts.set(language, found);
  }
  return texts;
}

const isLanguage = (entry) => entry.isDirectory() && /^[a-z]{2}$/.test(entry.name);
const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** What a text must be given: each name with `number` where it counts, `tag` where it surrounds words, else `value`. */
export function placeholders(text) {
  const found = new Map();
  collect(compileMessage(text), found);
  for (const [, name] of text.matchAll(/<([a-z][A-Za-z]*)>/g)) found.set(name, 'tag');
  return found;
}

function collect(tokens, found) {
  for (const token of tokens) {
    if (typeof token === 'string') continue;
    const [name, format, cases] = token;
    const counts = format === 'plural' || format === 'selectordinal' || format === 'number';
    if (counts || !found.has(name)) found.set(name, counts ? 'number' : 'value');
    if (typeof cases === 'object' && cases !== null) {
      for (const branch of Object.values(cases)) if (Array.isArray(branch)) collect(branch, found);
    }
  }
}

export function compileTexts(root) {
  const texts = readTexts(root);
  const target = path.join(root, 'web', 'locales', 'generated');
  mkdirSync(target, { recursive: true });
  const write = (name, content) => writeFileSync(path.join(target, name), `${NOTICE}${content}`);
  for (const [language, found] of texts) {
    const parts = { first: {}, rest: {} };
    for (const [name, text] of found) {
      // A bare string would be taken for a text that is not compiled.
      parts[FIRST.includes(name.split('.')[0]) ? 'first' : 'rest'][name] = compileMessage(text);
    }
    for (const [part, messages] of Object.entries(parts)) {
      const type = "import type { Messages } from '@lingui/core';\n";
      write(
        `${language}-${part}.ts`,
        `${type}const messages: Messages = ${JSON.stringify(messages)};\nexport default messages;\n`,
      );
    }
  }
  write('texts.ts', typesOf(texts.get(SOURCE)));
  write('load.ts', loadersOf([...texts.keys()]));
}

function typesOf(source) {
  const types = { number: 'number', value: 'string | number', tag: 'Tag' };
  const lines = [...source].map(([name, text]) => {
    const given = [...placeholders(text)].map(([key, kind]) => `${key}: ${types[kind]}`);
    return `  ${JSON.stringify(name)}: ${given.length === 0 ? 'null' : `{ ${given.join('; ')} }`};`;
  });
  return `/** Marks words within a text; \`rich\` puts an element around them. */\nexport type Tag = { readonly tag: never };\n\nexport type Texts = {\n${lines.join('\n')}\n};\n`;
}

function loadersOf(languages) {
  const others = languages.filter((language) => language !== SOURCE);
  const loader = (part) => (language) => `  ${language}: () => import('./${language}-${part}'),`;
  const table = (name, list) => `export const ${name} = {\n${list.map(loader(name)).join('\n')}\n};\n`;
  return `export const languages = ${JSON.stringify(languages)} as const;\n${table('first', others)}${table('rest', languages)}`;
}
