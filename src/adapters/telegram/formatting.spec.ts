import { describe, expect, it } from 'vitest';
import { htmlOf, richOf, splitRich } from './formatting.js';
import type { WireEntity } from './wire.js';

const entity = (type: string, offset: number, length: number, more: Partial<WireEntity> = {}): WireEntity => ({
  type,
  offset,
  length,
  ...more,
});

describe('HTML of what came', () => {
  it.each([
    ['plain', [], undefined],
    ['@alice #tag /start', [entity('mention', 0, 6), entity('hashtag', 7, 4)], undefined],
    ['so bold it is', [entity('bold', 3, 4)], 'so <b>bold</b> it is'],
    ['a <b> & c', [entity('italic', 2, 3)], 'a <i>&lt;b&gt;</i> &amp; c'],
    ['1\n2', [entity('underline', 0, 3)], '<u>1<br>2</u>'],
    ['👍 yes', [entity('bold', 3, 3)], '👍 <b>yes</b>'],
    ['let x', [entity('pre', 0, 5, { language: 'js' })], '<pre><code>let x</code></pre>'],
    [
      'here',
      [entity('text_link', 0, 4, { url: 'https://e.org/?a="b"' })],
      '<a href="https://e.org/?a=&quot;b&quot;">here</a>',
    ],
    ['see e.org', [entity('url', 4, 5)], 'see <a href="https://e.org">e.org</a>'],
    ['x@e.org', [entity('email', 0, 7)], '<a href="mailto:x@e.org">x@e.org</a>'],
    ['bolditalic', [entity('bold', 0, 10), entity('italic', 4, 6)], '<b>bold<i>italic</i></b>'],
    // Overlapping, and beyond the end: cut, not lost.
    ['abcdef', [entity('bold', 0, 4), entity('italic', 2, 400)], '<b>ab<i>cd</i></b><i>ef</i>'],
  ])('%j', (text, entities, html) => {
    expect(htmlOf({ text, entities })).toBe(html);
  });
});

describe('text of what goes out', () => {
  it.each([
    ['<p>hello <strong>you</strong></p>', 'hello you', [entity('bold', 6, 3)]],
    ['<p>one</p>\n<p>two<br>\nthree</p>', 'one\n\ntwo\nthree', []],
    ['<ul>\n<li>a</li>\n<li>b\n<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>', '- a\n- b\n  1. c', []],
    ['<h2>Title</h2>\n<p>text</p>', 'Title\n\ntext', [entity('bold', 0, 5)]],
    ['<pre><code>a  b\n  c\n</code></pre>\n<p>d</p>', 'a  b\n  c\n\nd', [entity('pre', 0, 8)]],
    ['<blockquote>\n<p>said</p>\n</blockquote>\n<p>ok</p>', 'said\n\nok', [entity('blockquote', 0, 4)]],
    [
      '<p>a &amp; b &lt;c&gt; <a href="https://e.org">d</a></p>',
      'a & b <c> d',
      [entity('text_link', 10, 1, { url: 'https://e.org' })],
    ],
    ['<p><b>x</b><i>👍 y</i> z</p>', 'x👍 y z', [entity('bold', 0, 1), entity('italic', 1, 4)]],
    ['<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>', 'a | b\n1 | 2', []],
    ['<p>a</p><hr><p>b</p>', 'a\n\n―――\n\nb', []],
    ['<b></b><p> </p>', '', []],
  ])('%j', (html, text, entities) => {
    expect(richOf(html)).toEqual({ text, entities });
  });

  it('goes there and back', () => {
    const rich = richOf('<p><b>bold <i>both</i></b> and <code>x &lt; y</code></p>');
    expect(htmlOf(rich)).toBe('<b>bold <i>both</i></b> and <code>x &lt; y</code>');
  });

  it('is cut at line ends, else at spaces, never in a character, and what is formatted with it', () => {
    const text = `${'word '.repeat(30)}\n${'😀'.repeat(60)}`;
    const pieces = splitRich({ text, entities: [entity('bold', 90, 100)] }, 100);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    for (const piece of pieces) {
      expect(piece.text.length).toBeLessThanOrEqual(100);
      expect(piece.text.isWellFormed()).toBe(true);
      for (const { offset, length } of piece.entities) expect(offset + length).toBeLessThanOrEqual(piece.text.length);
    }
    const marked = pieces.flatMap((piece) =>
      piece.entities.map((one) => piece.text.slice(one.offset, one.offset + one.length)),
    );
    expect(marked.join('')).toBe(text.slice(90, 190));
  });
});
