import { expect, test } from 'vitest';
import { linksOf, mayLook } from './links.js';

const said = { text: '', channel: 'im', encrypted: false, request: false, gone: false };

test.each([
  ['look: https://example.org/a.', ['https://example.org/a']],
  ['(https://en.wikipedia.org/wiki/Rose_(flower))', ['https://en.wikipedia.org/wiki/Rose_(flower)']],
  ['(see https://example.org/a)', ['https://example.org/a']],
  ['https://a.org https://a.org https://b.org https://c.org', ['https://a.org/', 'https://b.org/']],
  ['https://example.org/blog/password-managers-compared', []],
  ['https://example.org/reset?token=abc', []],
  ['https://example.org/unsubscribe/123', []],
  ['https://example.org/?code=77', []],
  ['https://example.org/decode/unicode', ['https://example.org/decode/unicode']],
  ['https://example.org/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms', []],
  ['https://me:secret@example.org/', []],
  ['http://localhost:3000/ http://printer/ https://nas.local/ https://wiki.internal/', []],
  ['ftp://example.org/ geo:1,2 me@example.org', []],
  ['no link', []],
])('of %s, %o may be opened without its reader', (text, links) => {
  expect(linksOf(text)).toEqual(links);
});

test('nobody looks into mail, encrypted talk, and what strangers or nobody said', () => {
  expect(mayLook(said)).toBe(true);
  expect(mayLook({ ...said, channel: 'sms' })).toBe(true);
  expect(mayLook({ ...said, channel: 'email' })).toBe(false);
  expect(mayLook({ ...said, encrypted: true })).toBe(false);
  expect(mayLook({ ...said, request: true })).toBe(false);
  expect(mayLook({ ...said, gone: true })).toBe(false);
});
