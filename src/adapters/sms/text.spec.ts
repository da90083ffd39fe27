import { describe, expect, it } from 'vitest';
import { decode, decodeGsm, encode, segments, split } from './text.js';

const all = '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€';

describe('segments', () => {
  it.each([
    ['', 'gsm7', 0, 160],
    ['a'.repeat(160), 'gsm7', 1, 160],
    ['a'.repeat(161), 'gsm7', 2, 153],
    ['a'.repeat(306), 'gsm7', 2, 153],
    ['a'.repeat(307), 'gsm7', 3, 153],
    ['€'.repeat(80), 'gsm7', 1, 160],
    ['€'.repeat(81), 'gsm7', 2, 153],
    // 153 is odd, so a part holds 76 escaped characters and never half of one.
    ['€'.repeat(153), 'gsm7', 3, 153],
    ['я'.repeat(70), 'ucs2', 1, 70],
    ['я'.repeat(71), 'ucs2', 2, 67],
    ['😀'.repeat(35), 'ucs2', 1, 70],
    // 67 is odd, so a part holds 33 pairs.
    ['😀'.repeat(67), 'ucs2', 3, 67],
    ['ç', 'ucs2', 1, 70],
  ] as const)('%j', (text, encoding, count, perSegment) => {
    expect(segments(text)).toEqual({ encoding, count, perSegment });
  });

  it('keeps every character and cuts no pair', () => {
    for (const text of [`${all}${all}${all}`, '😀я'.repeat(100), `x${'€'.repeat(200)}`]) {
      const { parts, encoding } = split(text);
      expect(parts.join('')).toBe(text);
      for (const part of parts) {
        expect(part.isWellFormed()).toBe(true);
        expect(encode(part, encoding).length).toBeLessThanOrEqual(encoding === 'gsm7' ? 153 : 134);
      }
    }
  });
});

describe('coding', () => {
  it('reads back the whole alphabet', () => {
    expect(decode(encode(all, 'gsm7'), 0)).toBe(all);
    expect(decode(encode('Привет 😀', 'ucs2'), 8)).toBe('Привет 😀');
    expect(encode('€[', 'gsm7')).toEqual(Buffer.from([0x1b, 0x65, 0x1b, 0x3c]));
  });

  it('reads what careless senders send', () => {
    expect(decodeGsm(Buffer.from([0x1b]))).toBe('');
    expect(decodeGsm(Buffer.from([0x1b, 0x41]))).toBe('A');
    expect(decode(Buffer.from([0xd8, 0x3d]), 8)).toBe('\ufffd');
    expect(decode(Buffer.from([0x04, 0x1f, 0x04]), 0x18)).toBe('П\ufffd');
    expect(decode(Buffer.from([1, 2, 3]), 4)).toBe('[binary SMS, 3 bytes]');
    expect(decode(Buffer.from([0xe9]), 3)).toBe('é');
  });
});
