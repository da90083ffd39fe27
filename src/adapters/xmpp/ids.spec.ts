import { expect, test } from 'vitest';
import { isLasting, readJid, typedJid, wireId } from './ids.js';

test.each([
  ['Alice@Example.ORG', 'alice@example.org', ''],
  ['alice@example.org/Desk/2', 'alice@example.org', 'Desk/2'],
  ['example.org.', 'example.org', ''],
  ['GRÜN@bücher.example', 'grün@bücher.example', ''],
  ['me@[::1]', 'me@[::1]', ''],
  ['room@muc.example/a nick ☕', 'room@muc.example', 'a nick ☕'],
])('%s is an address', (text, bare, resource) => {
  expect(readJid(text)).toMatchObject({ bare, resource });
});

test.each([
  ...[
    '',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b c',
    'a@b@c',
    'a"@b',
    'a@b/',
    'a@b/\n',
    'a\0@b',

    'a@b..c',
    'a@b/c\u2028',
  ],
  'x'.repeat(401),
  `a@${'b'.repeat(300)}`,
])('%j is none', (text) => {
  expect(typedJid(text)).toBeUndefined();
});

test('a person has a name before the @', () => {
  expect(typedJid('example.org')).toBeUndefined();
  expect(readJid('example.org')?.local).toBe('');
});

test('ids of writers are taken as they are, or not at all', () => {
  expect([wireId('x'), wireId(''), wireId('a\nb'), wireId('x'.repeat(201)), wireId(undefined)]).toEqual([
    ...['x', undefined, undefined, undefined, undefined],
  ]);
  expect([isLasting('ab12a'), isLasting(crypto.randomUUID())]).toEqual([false, true]);
});
