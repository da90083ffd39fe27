import { expect, test } from 'vitest';
import { readFormatting } from '../../src/adapters/irc/formatting.js';
import { mentionFinder } from '../../src/core/attention/mentions.js';
import { typed } from '../../src/core/digests/typed.js';
import { linksOf } from '../../src/core/link-previews/links.js';
import { readPage } from '../../src/core/link-previews/page.js';
import { replaceAddresses } from '../../src/core/links/addresses.js';
import { cleanHtml } from '../../src/core/messages/html.js';
import { cleanLine, cleanText } from '../../src/core/messages/inbound.js';
import { formatMarkdown } from '../../src/core/messages/markdown.js';
import { pieces } from '../../web/lib/text.js';
import { quickly } from './hostile.js';

/** Texts of a million characters, each of a kind that a reader which tries again at every sign never comes to the end of. */
const LENGTH = 1_000_000;
const floods: [string, string][] = [
  ['one word', 'x'],
  ['colours of mIRC', '\x0304,12x\x03'],
  ['bold and its end', '\x02\x02'],
  ['stars', '*'],
  ['stars around letters', '*a '],
  ['brackets', '['],
  ['links without end', '[x]('],
  ['backticks', '`a'],
  ['quotes', '> '],
  ['lines of quotes', '>\n'],
  ['blanks', ' '],
  ['blanks and a mark', ' \t\n'],
  ['tags without end', '<a href="'],
  ['open tags', '<b>'],
  ['comments without end', '<!--'],
  ['entities', '&amp'],
  ['addresses', 'http://a.b/ '],
  ['an address with marks', '.,)'],
  ['at signs', 'a@'],
  ['dots', 'a.'],
  ['emoji', '👨‍👩‍👧‍👦'],
  ['marks upon a letter', '\u0301'],
  ['right to left', '\u202e'],
];
const readers: Record<string, (text: string) => unknown> = {
  cleanText,
  cleanLine,
  cleanHtml,
  formatMarkdown,
  readFormatting,
  pieces,
  linksOf,
  typed,
  readPage: (text) => readPage(text, 'https://example.org/'),
  replaceAddresses: (text) => replaceAddresses(text, (url) => url),
  mentions: (text) => mentionFinder({ names: ['ada'], remoteId: 'ada', keywords: ['x'] })(text, text),
};

test.each(floods)(
  'a million characters of %s is read in bounded time, by all that read texts',
  (_what, piece) => {
    const flood = piece.repeat(Math.ceil(LENGTH / piece.length));
    const slow = Object.entries(readers).flatMap(([name, read]) => {
      try {
        quickly(() => read(flood), 5_000);
        quickly(() => read(`http://a.b/${flood}!`), 5_000);
        return [];
      } catch (error) {
        return [`${name} ${error instanceof Error ? error.message : error}`];
      }
    });
    expect(slow).toEqual([]);
  },
  120_000,
);
