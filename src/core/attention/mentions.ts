/** What of a text speaks to the user. */
export type MentionWords = {
  /** What they are called: their own name and that of the account. */
  names: readonly string[];
  /** Their id at the network, as links to people name it. */
  remoteId: string;
  /** Words that they watch for. */
  keywords: readonly string[];
};

/** `name` counts where several people are; a `keyword` everywhere. */
export type Mention = 'none' | 'name' | 'keyword';
export type FindMention = (text: string, html: string | null) => Mention;

const MOST_NAMES = 20;
const MOST_KEYWORDS = 50;
/** A shorter name is found only where it is addressed: `@al`, `al:`. */
const SURE_LENGTH = 3;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const EVERYBODY = ['@room', '@everyone', '@here', '@channel', '@all'];

/** Made once for many texts. */
export function mentionFinder({ names, remoteId, keywords }: MentionWords): FindMention {
  const called = namesOf(names, remoteId).slice(0, MOST_NAMES);
  const byName = anyOf([...called.map(addressed), ...EVERYBODY.map((word) => whole(word))]);
  const byKeyword = anyOf(
    keywords
      .slice(0, MOST_KEYWORDS)
      .filter((word) => word.trim() !== '')
      .map((word) => whole(word.trim())),
  );
  const links =
    remoteId === '' ? [] : [`matrix.to/#/${remoteId}`, `matrix.to/#/${encodeURIComponent(remoteId.toWellFormed())}`];
  return (text, html) => {
    if (byKeyword?.test(text)) return 'keyword';
    if (byName?.test(text)) return 'name';
    return html !== null && links.some((link) => html.includes(link)) ? 'name' : 'none';
  };
}

/** Names as people write them: whole, their first word, and the part of an address before its server. */
function namesOf(names: readonly string[], remoteId: string): string[] {
  const all = [...names, remoteId].flatMap((name) => {
    const bare = name.replace(/^@/, '').trim();
    const local = bare.split(/[@:]|\s+(?:on|via)\s+/)[0]!.trim();
    const first = local.split(/\s+/)[0]!;
    return [bare, local, first];
  });
  const useful = all.filter((name) => name.length >= 2 && name.length <= 80 && /\p{L}/u.test(name));
  return [...new Set(useful.map((name) => name.toLowerCase()))];
}

const addressed = (name: string): string =>
  name.length >= SURE_LENGTH ? whole(name, '@?') : `(?:${whole(`@${name}`)}|^${escaped(name)}[:,])`;

function whole(word: string, before = ''): string {
  const start = startsLikeWord(word) ? '(?<![\\p{L}\\p{N}_])' : '(?<![\\p{L}\\p{N}])';
  const body = `${before}${escaped(word)}`;
  return UNSPACED.test(word) ? body : `${start}${body}(?![\\p{L}\\p{N}_])`;
}

const startsLikeWord = (word: string): boolean => /^[\p{L}\p{N}_]/u.test(word);
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const anyOf = (parts: string[]): RegExp | undefined =>
  parts.length === 0 ? undefined : new RegExp(parts.join('|'), 'imu');
