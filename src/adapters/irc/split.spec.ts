import { describe, expect, it } from 'vitest';
import { pieces } from './split.js';

const bytes = (text: string) => Buffer.byteLength(text);
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('splitting a text into lines', () => {
  it('keeps a short line as it is', () => {
    expect(pieces('hello', 400)).toEqual([{ text: 'hello', end: 5 }]);
  });

  it.each(['\n', '\r', '\r\n', '\n\r\n'])('begins a new line at %j and leaves blank ones out', (end) => {
    expect(pieces(`one${end}two${end}  ${end}three`, 400).map((piece) => piece.text)).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['words', 'lorem ipsum dolor sit amet '.repeat(60).trim()],
    ['one long word', 'x'.repeat(3000)],
    ['two-byte letters', 'äöü'.repeat(700)],
    ['three-byte letters', '日本語'.repeat(400)],
    ['families', '👩‍👩‍👧‍👦'.repeat(100)],
    ['flags', '🇩🇪🇫🇷'.repeat(150)],
    ['a few letters between emoji', 'a👍🏽é\u0301 '.repeat(200).trim()],
  ])('cuts %s so that every piece fits and nothing is lost', (_what, text) => {
    for (const room of [64, 100, 397, 400]) {
      const found = pieces(text, room);
      expect(found.map((piece) => piece.text).join('')).toBe(text);
      for (const piece of found) {
        expect(bytes(piece.text)).toBeLessThanOrEqual(room);
        expect(piece.text.isWellFormed()).toBe(true);
      }
      expect(found.at(-1)?.end).toBe(text.length);
    }
  });

  it('cuts between characters as people see them', () => {
    const whole = [...segments.segment('👩‍👩‍👧‍👦🏳️‍🌈'.repeat(40))].map((one) => one.segment);
    for (const piece of pieces(whole.join(''), 100)) {
      for (const { segment } of segments.segment(piece.text)) expect(whole).toContain(segment);
    }
  });

  it('cuts a mountain of combining marks where it must', () => {
    const found = pieces(`a${'\u0301'.repeat(1000)}`, 100);
    for (const piece of found) expect(bytes(piece.text)).toBeLessThanOrEqual(100);
    expect(found.map((piece) => piece.text).join('')).toBe(`a${'\u0301'.repeat(1000)}`);
  });

  it('prefers a space in the second half', () => {
    expect(pieces(`${'a'.repeat(70)} ${'b'.repeat(70)}`, 100).map((piece) => piece.text)).toEqual([
      `${'a'.repeat(70)} `,
      'b'.repeat(70),
    ]);
    expect(pieces(`${'a'.repeat(10)} ${'b'.repeat(150)}`, 100)[0]?.text.length).toBe(100);
  });

  it('goes on where an earlier try has ended', () => {
    const text = 'first line\nsecond line\nthird line';
    const all = pieces(text, 400);
    expect(pieces(text, 400, all[0]?.end)).toEqual(all.slice(1));
    expect(pieces(text, 400, text.length)).toEqual([]);
  });

  it('leaves out what would become formatting, CTCP or a line end, and mends half characters', () => {
    expect(pieces('\x01ACTION waves\x01', 400)[0]?.text).toBe('ACTION waves');
    expect(pieces('a\0b\x02c\x1bd\te', 400)[0]?.text).toBe('abcd\te');
    expect(pieces('\ud800x', 400)[0]?.text).toBe('\ufffdx');
    expect(pieces('\x01\x02', 400)).toEqual([]);
  });
});
