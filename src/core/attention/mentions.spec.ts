import { describe, expect, it } from 'vitest';
import { mentionFinder } from './mentions.js';

const find = mentionFinder({
  names: ['Sam Smith', 'sammy on irc.example.org', 'al'],
  remoteId: '@sam:example.org',
  keywords: ['invoice', 'c++', '請求', ' on call '],
});

describe('what speaks to the user', () => {
  it.each([
    ['sam, are you there?', 'name'],
    ['I asked @Sam yesterday', 'name'],
    ['SAMMY: look', 'name'],
    ['Sam Smith wrote it', 'name'],
    ['hello @room', 'name'],
    ['al: yes', 'name'],
    ['ask @al', 'name'],
    ['two\nal, three', 'name'],
    ['the Invoice is late', 'keyword'],
    ['Sam, the invoice', 'keyword'],
    ['I write c++ daily', 'keyword'],
    ['この請求書です', 'keyword'],
    ['who is on call?', 'keyword'],
    ['the same again', 'none'],
    ['flotsam', 'none'],
    ['invoices', 'none'],
    ['al fresco', 'none'],
    ['me@room.example', 'none'],
    ['', 'none'],
  ])('%j: %s', (text, found) => {
    expect(find(text, null)).toBe(found);
  });

  it('finds links to the user in HTML', () => {
    const html = (id: string) => `<a href="https://matrix.to/#/${id}">S.</a>`;
    expect(find('S.', html('@sam:example.org'))).toBe('name');
    expect(find('S.', html('%40sam%3Aexample.org'))).toBe('name');
    expect(find('S.', html('@pam:example.org'))).toBe('none');
  });

  it('finds nothing where there is nothing to find', () => {
    const nobody = mentionFinder({ names: [''], remoteId: '', keywords: ['', '  '] });
    expect(nobody('anything at all', '<p>anything</p>')).toBe('none');
  });

  it('takes names that look like patterns as they are', () => {
    const odd = mentionFinder({ names: ['a.b(c'], remoteId: 'x|y', keywords: ['[a-z]+'] });
    expect(odd('hello a.b(c there', null)).toBe('name');
    expect(odd('axb', null)).toBe('none');
    expect(odd('abc', null)).toBe('none');
  });
});
