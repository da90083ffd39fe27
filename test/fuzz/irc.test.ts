import fc from 'fast-check';
import irc from 'irc-framework';
import { describe, expect, test } from 'vitest';
import { readFormatting } from '../../src/adapters/irc/formatting.js';
import { caseMappings, channelFrom, fold, nickFrom, targetOf } from '../../src/adapters/irc/ids.js';
import { Isupport } from '../../src/adapters/irc/isupport.js';
import { multilineLimits, units } from '../../src/adapters/irc/multiline.js';
import { decode } from '../../src/adapters/irc/socket.js';
import { pieces } from '../../src/adapters/irc/split.js';
import { line as lineOf, maxLine, tagged, textLine } from '../../src/adapters/irc/wire.js';
import { AdapterError } from '../../src/sdk/index.js';
import { bytes, holds, line, long, patience, quickly, text } from './hostile.js';

const refusedOr = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'rejected') return undefined;
    throw error;
  }
};

describe('lines that go out', () => {
  test(
    'are one line, and its parameters are those that were given',
    () =>
      holds(fc.tuple(fc.array(text, { minLength: 1, maxLength: 5 }), text), ([params, value]) => {
        const made = refusedOr(() => lineOf('TOPIC', params));
        if (made !== undefined) {
          expect(made).not.toMatch(/[\r\n\0]/);
          expect(Buffer.byteLength(made)).toBeLessThanOrEqual(maxLine - 2);
          const read = irc.ircLineParser(made);
          expect([read.command, ...read.params]).toEqual(['TOPIC', ...params]);
        }
        const said = refusedOr(() => textLine('PRIVMSG', 'alice', value, { label: value, '+typing': value }));
        if (said === undefined) return;
        expect(said).not.toMatch(/[\r\n\0]/);
        const read = irc.ircLineParser(said);
        expect([read.command, ...read.params]).toEqual(['PRIVMSG', 'alice', value]);
        expect(tagged('X', { a: value })).not.toMatch(/[\r\n\0]/);
      }),
    patience,
  );

  test(
    'of a long text fit, are whole characters, and lose nothing but line ends and controls',
    () =>
      holds(fc.tuple(fc.oneof(text, long), fc.integer({ min: 40, max: 450 })), ([words, room]) => {
        const found = quickly(() => pieces(words, room));
        for (const { text: piece } of found) {
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(room);
          expect(piece.isWellFormed()).toBe(true);
          expect(piece).not.toMatch(/[\r\n\0]/);
        }
        const bare = (all: string) => all.toWellFormed().replace(/[\0-\x20\x7f]|\ufffd/g, '');
        const without = bare(words.replace(/[^\S\r\n]+/g, ''));
        expect(
          bare(
            found
              .map((one) => one.text)
              .join('')
              .replace(/\s+/g, ''),
          ),
        ).toBe(without.replace(/\s+/g, ''));
        const ends = found.map(({ end }) => end);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        for (const unit of units(words, room, 0, multilineLimits('max-bytes=4096,max-lines=24')))
          for (const part of unit.parts ?? []) expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(room);
      }),
    patience,
  );

  test(
    'go to a nick or a channel, never to two, nor to a command',
    () =>
      holds(text, (words) => {
        for (const name of [nickFrom(words), channelFrom(words, '#&'), targetOf(words, '#&')])
          if (name !== undefined) expect(name).not.toMatch(/[\t-\r ,\0\x07\u0085\u2028\u2029]/);
      }),
    patience,
  );
});

describe('lines that come in', () => {
  test(
    'of any bytes are text, and what is formatted is one text with its HTML',
    () =>
      holds(
        fc.oneof(
          bytes,
          long.map((words) => Buffer.from(words)),
        ),
        (raw) => {
          const read = quickly(() => readFormatting(decode(raw)));
          expect(read.text.isWellFormed()).toBe(true);
          expect(read.text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
          const tags = [...(read.html ?? '').matchAll(/<(\/?)([^>]*)>/g)].filter(([, , name]) => name !== 'br');
          const open: string[] = [];
          for (const [, slash, name = ''] of tags) {
            if (slash === '') open.push(name);
            else expect(open.pop()).toBe(name);
            expect(['b', 'i', 'u', 's', 'code']).toContain(name);
          }
          expect(open).toEqual([]);
        },
      ),
    patience,
  );

  test(
    'of what the server supports stay within sense',
    () =>
      holds(
        fc.array(
          fc.tuple(
            fc.constantFrom(
              ...'CASEMAPPING CHANTYPES STATUSMSG NICKLEN AWAYLEN TOPICLEN MONITOR PREFIX CHANMODES WHOX CHATHISTORY MSGREFTYPES CLIENTTAGDENY __proto__ constructor'.split(
                ' ',
              ),
            ),
            line,
          ),
        ),
        (tokens) => {
          const support = new Isupport();
          support.take(['me', ...tokens.map(([name, value]) => `${name}=${value}`), 'are supported']);
          expect(support.nickLength).toBeGreaterThanOrEqual(9);
          expect(support.monitor).toBeLessThanOrEqual(100);
          expect(support.channelTypes).toMatch(/^[#&!+]+$/);
          expect(support.memberModes.size).toBeGreaterThan(0);
          for (const sign of support.memberModes.values()) expect(sign).not.toBe('');
        },
      ),
    patience,
  );

  test(
    'one name has one spelling',
    () =>
      holds(text, (name) => {
        for (const mapping of caseMappings) expect(fold(fold(name, mapping), mapping)).toBe(fold(name, mapping));
      }),
    patience,
  );
});
