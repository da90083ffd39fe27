import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { mentionFinder } from '../../src/core/attention/mentions.js';
import { typed } from '../../src/core/digests/typed.js';
import { DomainError } from '../../src/core/errors.js';
import { linksOf } from '../../src/core/link-previews/links.js';
import { readPage } from '../../src/core/link-previews/page.js';
import { replaceAddresses, sampleAddresses } from '../../src/core/links/addresses.js';
import { cleanHtml, remoteImages } from '../../src/core/messages/html.js';
import { clampTime, cleanLine, cleanText } from '../../src/core/messages/inbound.js';
import { formatMarkdown } from '../../src/core/messages/markdown.js';
import { fill, literally } from '../../src/core/messages/placeholders.js';
import { render, type Way } from '../../src/core/messages/render.js';
import { durationMs } from '../../src/core/routing/duration.js';
import { partOf } from '../../src/core/uploads/range.js';
import { pieces, safeHref, smsRoom } from '../../web/lib/text.js';
import { holds, line, long, patience, quickly, text } from './hostile.js';

/** What a browser would make of it: nothing that runs, fetches or is sent. */
function harmless(html: string): void {
  const bad: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (/^(script|style|iframe|object|embed|form|input|svg|math|base|meta|link|template)$/.test(name)) bad.push(name);
      for (const [key, value] of Object.entries(attributes)) {
        if (/^(on|style|srcdoc|formaction|xlink)/i.test(key)) bad.push(`${name} ${key}`);
        if (key === 'src') bad.push(`${name} src`);
        // Browsers pass over blanks and controls within the scheme.
        if (key === 'href' && /^(javascript|data|vbscript|file):/i.test(value.replace(/[\0-\x20]/g, '')))
          bad.push(value);
      }
    },
  });
  parser.end(html);
  expect(bad).toEqual([]);
  expect(html).not.toContain('\0');
  expect(html.isWellFormed()).toBe(true);
}

describe('what is shown', () => {
  test(
    'HTML of others holds nothing that runs, and is clean at once',
    () =>
      holds(fc.oneof(text, long), (html) => {
        const clean = quickly(() => cleanHtml(html));
        if (clean === null) return;
        harmless(clean);
        expect(cleanHtml(clean)).toBe(clean);
        for (const address of remoteImages(clean)) expect(address).toMatch(/^https?:/);
      }),
    patience,
  );

  test(
    'Markdown becomes harmless HTML, and a text that is not empty',
    () =>
      holds(fc.oneof(text, long), (source) => {
        const { text: plain, html } = quickly(() => formatMarkdown(source));
        if (html !== null) harmless(html);
        if (source.trim() !== '') expect(plain.trim()).not.toBe('');
      }),
    patience,
  );

  test(
    'links in a text are web, mail or map addresses, and the pieces are the text',
    () =>
      holds(fc.oneof(text, long), (words) => {
        const found = quickly(() => pieces(words));
        expect(found.map((piece) => piece.text).join('')).toBe(words);
        for (const piece of found) if (piece.is === 'link') expect(piece.href).toMatch(/^(https?:\/\/|mailto:|geo:)/i);
        const href = safeHref(words);
        if (href !== null) expect(new URL(href).protocol).toMatch(/^(https?|mailto):$/);
      }),
    patience,
  );

  test(
    'names are one line, texts can be stored, times are of this age',
    () =>
      holds(fc.tuple(fc.oneof(text, long), fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger())), ([words, at]) => {
        expect(quickly(() => cleanLine(words))).not.toMatch(/[\0-\x1f\x7f\u0085\u2028\u2029]/);
        expect(cleanText(words).isWellFormed()).toBe(true);
        const now = Date.UTC(2026, 10, 29);
        const time = clampTime(at, now).getTime();
        expect(time).toBeGreaterThanOrEqual(631_152_000_000);
        expect(time).toBeLessThanOrEqual(now + 60_000);
      }),
    patience,
  );
});

describe('what is made of a text', () => {
  const plainWay: Way = {
    channel: 'sms',
    network: 'SMS',
    send: {
      maxLength: 1_000,
      idempotent: false,
      proves: 'sent',
      formatting: 'dropped',
      attachments: 'rejected',
      replies: 'dropped',
    },
    parts: (words) => smsRoom(words).parts,
  };

  test(
    'a message goes as something, whatever is in it',
    () =>
      holds(fc.tuple(text, line, text), ([words, name, quoted]) => {
        const { html } = formatMarkdown(words);
        const written = {
          text: words,
          ...(html === null ? {} : { html }),
          files: [{ id: '1', name, size: 3 }],
          personal: true,
        };
        const quote = { senderName: name, text: quoted, here: false };
        const made = render(
          { ...written, quote, shortenLinks: true },
          plainWay,
          { name },
          sampleAddresses('https://p.example', 0),
        );
        expect(made.text).not.toBe('');
        expect(made.html).toBeUndefined();
      }),
    patience,
  );

  test(
    'a name that is put in is never looked at again, and words without placeholders stay as they are',
    () =>
      holds(fc.tuple(text, text), ([words, name]) => {
        expect(fill(literally(words), undefined)).toBe(words);
        expect(fill('{{name}}', { name })).not.toMatch(/[\r\n\0\u2028\u2029\u202e]/);
      }),
    patience,
  );

  test(
    'addresses are found in bounded time, and what is replaced by itself is the same',
    () =>
      holds(fc.oneof(text, long), (words) => {
        for (const link of quickly(() => linksOf(words))) expect(new URL(link).username).toBe('');
        expect(quickly(() => replaceAddresses(words, (url) => url))).toBe(words);
      }),
    patience,
  );

  test(
    'pages, answers to digests and names in a text are read in bounded time',
    () =>
      holds(fc.tuple(fc.oneof(text, long), line), ([words, name]) => {
        const preview = quickly(() => readPage(words, 'https://example.org/'));
        if (preview?.picture !== undefined) expect(preview.picture).toMatch(/^https?:/);
        expect(quickly(() => typed(words)).length).toBeLessThanOrEqual(words.length);
        quickly(() =>
          mentionFinder({ names: [name, words.slice(0, 60)], remoteId: name, keywords: [name] })(words, words),
        );
      }),
    patience,
  );

  test(
    'times and ranges are refused or within bounds',
    () =>
      holds(
        fc.oneof(line, fc.stringMatching(/^P\d{1,20}D(T\d{1,20}S)?$/), fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/)),
        (words) => {
          try {
            const ms = durationMs(words);
            expect(ms > 0 && ms <= 7 * 86_400_000).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
          const part = partOf(words, 1_000);
          if (typeof part === 'object')
            expect(0 <= part.start && part.start <= part.end && part.end < 1_000).toBe(true);
        },
      ),
    patience,
  );
});
