import { expect, test } from 'vitest';
import { pieces, safeHref, smsParts, smsRoom } from './text';

const links = (text: string) => pieces(text).flatMap((piece) => (piece.is === 'link' ? [piece.href] : []));

test('addresses become links, the sentence around them does not', () => {
  expect(links('See https://example.org/a(b), or www.example.org.')).toEqual([
    'https://example.org/a(b)',
    'https://www.example.org',
  ]);
  expect(links('write to ada@example.org!')).toEqual(['mailto:ada@example.org']);
});

test('places become links where they are places (RFC 5870)', () => {
  expect(links('at geo:59.3293,18.0686;u=12.')).toEqual(['geo:59.3293,18.0686;u=12']);
  expect(links('geo:-33.9,151.2,20')).toEqual(['geo:-33.9,151.2,20']);
  expect(links('geo:somewhere geo:1 geo:1,2x')).toEqual([]);
});

test('marks without end behind an address are left off at once', () => {
  const start = process.cpuUsage();
  expect(links(`http://a.b/${'.'.repeat(90_000)}x)`)).toHaveLength(1);
  expect(links(`http://a.b/c${'.'.repeat(90_000)}`)).toEqual(['http://a.b/c']);
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});

test('what could act is no link', () => {
  expect(links('javascript:alert(1) data:text/html,x')).toEqual([]);
  expect(safeHref('javascript:alert(1)')).toBeNull();
  expect(safeHref('https://example.org/')).toBe('https://example.org/');
});

test.each([
  ['', 1, 160, false],
  ['x'.repeat(160), 1, 0, false],
  ['x'.repeat(161), 2, 145, false],
  ['€'.repeat(80), 1, 0, false],
  ['ł'.repeat(71), 2, 63, true],
  ['😀', 1, 68, true],
  ['😀'.repeat(36), 2, 61, true],
  [`${'x'.repeat(152)}${'€'.repeat(5)}`, 2, 143, false],
])('room in a text message', (text, parts, left, unicode) => {
  expect(smsRoom(text)).toEqual({ parts, left, unicode });
});

test('segments of a text message', () => {
  expect([smsParts('x'.repeat(160)), smsParts('x'.repeat(161)), smsParts('ł'.repeat(71))]).toEqual([1, 2, 2]);
});
