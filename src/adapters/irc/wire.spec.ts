import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../sdk/index.js';
import { line, textLine } from './wire.js';

const refused = (work: () => string) => {
  expect(work).toThrow(AdapterError);
  expect(work).toThrow(/cannot carry/);
};

describe('lines to the server', () => {
  it('are made of words, the last of which may hold spaces', () => {
    expect(line('JOIN', ['#a,#b'])).toBe('JOIN #a,#b');
    expect(line('AWAY', ['gone for lunch'])).toBe('AWAY :gone for lunch');
    expect(line('AWAY', [''])).toBe('AWAY :');
    expect(textLine('PRIVMSG', 'alice', 'hello')).toBe('PRIVMSG alice :hello');
    expect(textLine('PRIVMSG', 'alice', 'two words')).toBe('PRIVMSG alice :two words');
    expect(textLine('PRIVMSG', 'alice', ':)')).toBe('PRIVMSG alice ::)');
    expect(textLine('PRIVMSG', 'alice', 'x:')).toBe('PRIVMSG alice :x:');
  });

  it.each(['\r\nQUIT', '\nQUIT', '\rQUIT', '\0QUIT'])('take no %j anywhere', (bad) => {
    refused(() => line('JOIN', [`#a${bad}`]));
    refused(() => line('AWAY', [`gone${bad}`]));
    refused(() => textLine('PRIVMSG', `alice${bad}`, 'hello'));
    refused(() => textLine('PRIVMSG', 'alice', `hello${bad}`));
  });

  it.each(['a b', '', ':a'])('take no %j in the middle', (bad) => {
    refused(() => textLine('PRIVMSG', bad, 'hello'));
  });

  it('fit in 512 bytes', () => {
    expect(Buffer.byteLength(textLine('PRIVMSG', 'alice', 'x'.repeat(495)))).toBe(510);
    refused(() => textLine('PRIVMSG', 'alice', 'x'.repeat(496)));
    refused(() => textLine('PRIVMSG', 'alice', 'ä'.repeat(260)));
  });

  it('take no half characters', () => refused(() => textLine('PRIVMSG', 'alice', '\ud800')));

  it('escape what stands in tags', () => {
    expect(textLine('PRIVMSG', 'alice', 'hi', { label: 'a;b c\\d\r\n\0e' })).toBe(
      '@label=a\\:b\\sc\\\\d\\r\\ne PRIVMSG alice :hi',
    );
  });
});
