import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes `web/lib/emoji/generated` of what Unicode says of emoji. It is made once for a version of Unicode and kept, for
 * the packages it is made of take 200 MB. `node scripts/emoji.mjs <folder>`: a folder with the packages emojibase-data,
 * cldr-annotations-full and cldr-annotations-derived-full in its `node_modules`.
 */
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'ja'];
/** Newer ones are not in the fonts of most devices. */
const NEWEST = 15.1;
const COMPONENTS = 2;
const MOST_WORDS = 12;
const TONES = ['\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'];

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Say which folder has the packages.');
const read = (...parts) => JSON.parse(readFileSync(path.join(folder, 'node_modules', ...parts), 'utf8'));
const target = fileURLToPath(new URL('../web/lib/emoji/generated', import.meta.url));
mkdirSync(target, { recursive: true });
const write = (name, lines) => writeFileSync(path.join(target, name), `[\n${lines.join(',\n')}\n]\n`);

/** Without the mark of emoji where it is one by itself: as Unicode recommends it, and as networks compare reactions. */
function plain(text) {
  const bare = text.replaceAll('\uFE0F', '');
  return /^\p{RGI_Emoji}$/v.test(bare) ? bare : text;
}

const emoji = read('emojibase-data', 'en', 'data.json')
  .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST)
  .sort((a, b) => a.order - b.order)
  .map((one) => ({
    ...one,
    emoji: plain(one.emoji),
    skins: one.skins?.map((skin) => ({ ...skin, emoji: plain(skin.emoji) })),
  }));
const shortNames = ['github', 'emojibase'].map((name) => read('emojibase-data', 'en', 'shortcodes', `${name}.json`));

/** As `toned` of web/lib/emoji does it. */
const toned = (text, tone) =>
  text.replace(/(\p{Emoji_Modifier_Base})\uFE0F?(?!\u200D\p{Emoji_Modifier_Base}\u200D)/u, `$1${tone}`);
const hasTones = ({ emoji: text, skins = [] }) =>
  TONES.every((tone, index) => skins.some((skin) => skin.tone === index + 1 && skin.emoji === toned(text, tone)));

write(
  'set.json',
  emoji.map((one) => {
    const codes = [...new Set(shortNames.flatMap((names) => names[one.hexcode] ?? []))];
    return JSON.stringify([one.emoji, one.group, hasTones(one) ? 1 : 0, codes.join(' ')]);
  }),
);
for (const language of LANGUAGES) {
  const { annotations } = read('cldr-annotations-full', 'annotations', language, 'annotations.json').annotations;
  const derived = read('cldr-annotations-derived-full', 'annotationsDerived', language, 'annotations.json');
  const all = { ...derived.annotationsDerived.annotations, ...annotations };
  write(
    `${language}.json`,
    emoji.map((one) => {
      const said = all[one.emoji.replaceAll('\uFE0F', '')] ?? all[one.emoji];
      const name = said?.tts?.[0] ?? one.label;
      const words = (said?.default ?? []).filter((word) => word !== name).slice(0, MOST_WORDS);
      return JSON.stringify([name, ...words].join('|'));
    }),
  );
}
