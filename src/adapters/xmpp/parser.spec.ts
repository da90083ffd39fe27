import type { Element } from '@xmpp/client';
import { expect, test } from 'vitest';
import { StreamParser } from './parser.js';

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

function parser() {
  const elements: Element[] = [];
  const read = new StreamParser({ onStart: () => {}, onElement: (element) => elements.push(element), onEnd: () => {} });
  return { elements, write: (text: string | Buffer) => read.write(Buffer.from(text)) };
}

test('characters cut in two by a packet come whole', () => {
  const { elements, write } = parser();
  const bytes = Buffer.from(`${header}<message><body>Grüße 👩‍👩‍👧 &amp; &#x263a;<![CDATA[<raw>]]></body></message>`);
  for (const byte of bytes) write(Buffer.of(byte));
  expect(elements[0]?.getChildText('body')).toBe('Grüße 👩‍👩‍👧 & ☺<raw>');
});

test('blanks between stanzas are kept nowhere', () => {
  const { elements, write } = parser();
  write(header);
  for (let n = 0; n < 1_000; n++) write(' \n');
  write('<presence/>');
  expect(elements).toHaveLength(1);
  expect(elements[0]?.parent?.children).toEqual([]);
});

test.each([
  ['a document type', '<!DOCTYPE html>'],
  ['an entity of its own', '<m><body>&lol;</body></m>'],
  ['a comment', '<!-- hello there -->'],
  ['an instruction', '<?php echo 1 ?>'],
  ['a bottomless pit', '<a>'.repeat(200)],
  ['text between stanzas', 'hello<m/>'],
  ['an end without a start', '</a>'],
  ['half a tag without end', `<m ${'a'.repeat(100_000)}`],
  ['a half of a pair', '<m>&#xd800;</m>'],
  ['too much at once', `<m>${'x'.repeat(2_200_000)}`],
])('%s is refused, also byte by byte', (_what, bad) => {
  expect(() => {
    const { write } = parser();
    write(header + bad);
  }).toThrow();
  if (bad.length > 1_000) return;
  expect(() => {
    const { write } = parser();
    for (const letter of header + bad) write(letter);
  }).toThrow();
});

test('what is large in sum but not in one is taken', () => {
  const { elements, write } = parser();
  write(header);
  for (let n = 0; n < 50; n++) write(`<message><body>${'x'.repeat(100_000)}</body></message>`);
  expect(elements).toHaveLength(50);
});
