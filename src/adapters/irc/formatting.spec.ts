import { describe, expect, it } from 'vitest';
import { readFormatting } from './formatting.js';

describe('formatting', () => {
  it('leaves plain text alone', () => {
    expect(readFormatting('a <b> & c\td')).toEqual({ text: 'a <b> & c\td' });
  });

  it('drops colours with their digits and keeps the words', () => {
    expect(readFormatting('\x0304,12red\x03 and \x03\x0399x \x04ff0000,00ff00hex')).toEqual({ text: 'red and x hex' });
    expect(readFormatting('\x03,5 comma \x031234')).toEqual({ text: ',5 comma 34' });
  });

  it('makes HTML of what HTML knows, nested soundly and escaped', () => {
    expect(readFormatting('\x02bold \x1dboth\x02 italic\x0f <plain>')).toEqual({
      text: 'bold both italic <plain>',
      html: '<b>bold </b><b><i>both</i></b><i> italic</i> &lt;plain&gt;',
    });
    expect(readFormatting('\x11code\x11 \x1egone\x1e \x1funder').html).toBe(
      '<code>code</code> <s>gone</s> <u>under</u>',
    );
  });

  it('withstands floods and controls', () => {
    const flood = '\x02\x1d\x1f\x0304'.repeat(5000);
    expect(readFormatting(`${flood}x`).text).toBe('x');
    expect(readFormatting('a\0\x01\x07\x1b[31mb').text).toBe('a[31mb');
    expect(readFormatting('\x02\x02')).toEqual({ text: '' });
  });
});
