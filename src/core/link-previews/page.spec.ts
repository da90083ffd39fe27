import { expect, test } from 'vitest';
import { charsetOf, readPage } from './page.js';

const at = 'https://example.org/blog/a';

test.each([
  ['<title>Plain &amp; simple</title>', { title: 'Plain & simple' }],
  [
    '<title>x</title><meta property="og:title" content="The\n  title"><meta property="og:site_name" content="Site">',
    { title: 'The title', site: 'Site' },
  ],
  ['<meta name="description" content="What it is">', { text: 'What it is' }],
  ['<meta property="og:image" content="/p.png"><title>t</title>', { title: 't', picture: 'https://example.org/p.png' }],
  ['<meta property="og:image" content="javascript:alert(1)"><title>t</title>', { title: 't' }],
  ['<meta property="og:image" content="http://u:p@x.org/a.png"><title>t</title>', { title: 't' }],
  ['<title>a\u202eb</title>', { title: 'a b' }],
  ['<head><title>t</title></head><body><meta property="og:title" content="not from here"></body>', { title: 't' }],
  ['<svg><title>later</title></svg>', { title: 'later' }],
  [`<title>${'long '.repeat(100)}</title>`, { title: `${'long '.repeat(40).slice(0, 199).trimEnd()}…` }],
])('%s', (html, found) => {
  expect(readPage(html, at)).toEqual({ url: at, ...found });
});

test('a page that says nothing is nothing', () => {
  expect(readPage('<p>Hello</p>', at)).toBeUndefined();
  expect(readPage('', at)).toBeUndefined();
});

test.each([
  ['text/html; charset=ISO-8859-1', '', 'iso-8859-1'],
  ['text/html', '<meta charset="windows-1251">', 'windows-1251'],
  ['text/html', '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">', 'shift_jis'],
  ['text/html', '', 'utf-8'],
])('%s %s is written in %s', (type, start, charset) => {
  expect(charsetOf(type.toLowerCase(), start)).toBe(charset);
});
