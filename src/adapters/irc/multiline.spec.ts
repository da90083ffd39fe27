import { describe, expect, it } from 'vitest';
import { multilineLimits, type Unit, units } from './multiline.js';

const limits = { maxBytes: 4_096, maxLines: 100 };
/** What the other side puts together. */
const whole = ({ text, parts }: Unit) =>
  parts?.reduce((sum, part, at) => `${sum}${at === 0 || part.glued ? '' : '\n'}${part.text}`, '') ?? text;

describe('messages in parts', () => {
  it('are one message with its blank lines and long lines whole', () => {
    const text = `Dear all,\n\n${'word '.repeat(200).trim()}\n \nbye`;
    const [one, ...others] = units(text, 400, 0, limits);
    expect(others).toEqual([]);
    expect(one && whole(one)).toBe(text.replace('\n \n', '\n\n'));
    expect(one?.end).toBe(text.length);
    for (const part of one?.parts ?? []) expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(400);
  });

  it('are as few as the limits allow, for a paste of 500 lines', () => {
    const lines = Array.from({ length: 500 }, (_, at) => `pasted line ${at}`);
    const found = units(lines.join('\n'), 400, 0, limits);
    expect(found).toHaveLength(5);
    expect(found.map(whole).join('\n')).toBe(lines.join('\n'));
    for (const one of found) expect(Buffer.byteLength(whole(one))).toBeLessThanOrEqual(limits.maxBytes);
    const rest = units(lines.join('\n'), 400, found[1]?.end ?? 0, limits);
    expect(rest.map(whole)).toEqual(found.slice(2).map(whole));
  });

  it('are lines where one is enough, and where the server takes no parts', () => {
    expect(units('hello', 400, 0, limits)).toEqual([{ text: 'hello', end: 5 }]);
    expect(units('a\nb', 400, 0, undefined).map((one) => one.text)).toEqual(['a', 'b']);
    expect(units('\n\n', 400, 0, limits)).toEqual([]);
    expect(units('\n\na\n\n', 400, 0, limits)).toEqual([{ text: 'a', end: 3 }]);
  });

  it('take the limits a server gives as far as they make sense', () => {
    expect(multilineLimits('max-bytes=4096,max-lines=24')).toEqual({ maxBytes: 4096, maxLines: 24 });
    expect(multilineLimits('max-bytes=9999999,max-lines=1')).toEqual({ maxBytes: 40_000, maxLines: 100 });
    for (const odd of [undefined, '', 'max-lines=5', 'max-bytes=1', 'max-bytes=-4']) {
      expect(multilineLimits(odd)).toBeUndefined();
    }
  });
});
