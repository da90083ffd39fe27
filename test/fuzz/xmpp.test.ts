import type { Element } from '@xmpp/client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamParser } from '../../src/adapters/xmpp/parser.js';
import { bare, bytes, holds, line, patience, quickly, text } from './hostile.js';

const header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

/** What came of a stream that was cut into packets at these places: the stanzas, and whether it was given up. */
function read(stream: Buffer, cuts: readonly number[]): { stanzas: string[]; ended: boolean; why?: string } {
  const elements: Element[] = [];
  let ended = false;
  const parser = new StreamParser({
    onStart: () => {},
    onElement: (element) => elements.push(element),
    onEnd: () => {
      ended = true;
    },
  });
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  try {
    for (const to of [...places, stream.length]) {
      parser.write(stream.subarray(from, to));
      from = to;
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
    return { stanzas: elements.map(String), ended, why: error.message };
  }
  return { stanzas: elements.map(String), ended };
}

const name = fc.constantFrom(
  'message',
  'presence',
  'iq',
  'body',
  'x',
  'delay',
  'result',
  'forwarded',
  'stream:features',
  'a-b.c',
);
const attribute = fc.tuple(fc.constantFrom('id', 'from', 'to', 'type', 'xmlns', 'stamp', '__proto__', 'h'), line);
/** A stanza as the grammar has it, with words of any kind in it. */
const stanza: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc
    .tuple(
      name,
      fc.array(attribute, { maxLength: 4 }),
      fc.array(fc.oneof({ depthSize: 'small' }, text.map(bare), tie('node')), { maxLength: 4 }),
    )
    .map(([tag, attributes, children]) => {
      const written = new Map(attributes.map(([key, value]) => [key, bare(value)]));
      const all = [...written].map(([key, value]) => ` ${key}='${value}'`).join('');
      return `<${tag}${all}>${children.join('')}</${tag}>`;
    }),
})).node;
/** Sound stanzas with one thing in them that is not. */
const broken = fc.tuple(fc.array(stanza, { maxLength: 4 }), bytes, fc.nat()).map(([stanzas, wrong, where]) => {
  const whole = Buffer.from(header + stanzas.join(''));
  const at = where % (whole.length + 1);
  return Buffer.concat([whole.subarray(0, at), wrong, whole.subarray(at)]);
});

test(
  'stanzas come whole and alike, wherever a packet ends',
  () =>
    holds(
      fc.tuple(fc.array(stanza, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(), { maxLength: 12 })),
      ([stanzas, cuts]) => {
        const stream = Buffer.from(header + stanzas.join(' \n'));
        const whole = read(stream, []);
        expect(whole.why).toBeUndefined();
        expect(whole.stanzas).toHaveLength(stanzas.length);
        expect(read(stream, cuts)).toEqual(whole);
      },
    ),
  patience,
);

test(
  'what is not XML is given up, at the same place wherever a packet ends, and in bounded time',
  () =>
    holds(fc.tuple(fc.oneof(broken, bytes), fc.array(fc.nat(), { maxLength: 12 })), ([stream, cuts]) => {
      const whole = quickly(() => read(stream, []));
      const cut = quickly(() => read(stream, cuts));
      expect(cut.stanzas).toEqual(whole.stanzas);
      expect(cut.why === undefined).toBe(whole.why === undefined);
    }),
  patience,
);
