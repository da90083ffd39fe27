import { expect, test } from 'vitest';
import { isWebAddress, replaceAddresses, sampleAddresses, webAddresses } from './addresses.js';

test.each([
  ['see https://a.example/x.', ['https://a.example/x']],
  ['(https://a.example/x), "http://b.example"', ['https://a.example/x', 'http://b.example']],
  ['twice https://a.example https://a.example', ['https://a.example']],
  ['javascript:alert(1) ftp://a.example mailto:a@b data:text/html,x', []],
  ['https://user:secret@a.example/ https://user@a.example', []],
  ['https:// http://[ https://%', []],
  ['xhttps://a.example', []],
  ['https://a.example/\u202egpj.exe', ['https://a.example/']],
  [`https://a.example/${'x'.repeat(3_000)}`, []],
])('finds the web addresses of %j', (text, found) => expect(webAddresses(text)).toEqual(found));

test('at most twenty, and none of a text made to be slow', () => {
  const many = Array.from({ length: 50 }, (_, n) => `https://a.example/${n}`).join(' ');
  expect(webAddresses(many)).toHaveLength(20);
  for (const unit of ['https://', '....', 'https://a)', 'http://a.example/ ']) {
    const since = performance.now();
    webAddresses(unit.repeat(100_000 / unit.length));
    expect(performance.now() - since).toBeLessThan(500);
  }
});

test('replaces the address alone', () =>
  expect(replaceAddresses('See (https://a.example/x?y=1).', () => 'https://s/l/1')).toBe('See (https://s/l/1).'));

test('what a browser may be led on to', () => {
  expect(isWebAddress('https://a.example/')).toBe(true);
  for (const bad of ['javascript:x', '//a.example', 'https://u:p@a.example', 'file:///etc/passwd', 'not an address'])
    expect(isWebAddress(bad)).toBe(false);
});

test('a sample is as long as the real thing', () => {
  const { file, short } = sampleAddresses('https://p.example', 0);
  expect(file('')).toHaveLength('https://p.example'.length + '/f/'.length + 22 + '?s='.length + 22);
  expect(short('https://a.example/much/longer/than/that')).toHaveLength('https://p.example/l/123456789'.length);
  expect(short('https://a.example')).toBeUndefined();
});
