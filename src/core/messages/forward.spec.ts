import { describe, expect, test } from 'vitest';
import { forwarded, type Original } from './forward.js';

const original = (more: Partial<Original> = {}): Original => ({
  text: 'Saturday at ten?',
  html: null,
  format: 'plain',
  senderName: 'Ada',
  own: false,
  subject: null,
  deleted: false,
  unreadable: false,
  files: [],
  ...more,
});

describe('what is passed on', () => {
  test.each([
    ['the words of another are named', original(), {}, 'Ada: Saturday at ten?'],
    ['one’s own are not', original({ own: true }), {}, 'Saturday at ten?'],
    ['unless it is asked for', original({ own: true }), { named: true }, 'Ada: Saturday at ten?'],
    ['or asked not to', original(), { named: false }, 'Saturday at ten?'],
    ['a word with it stands above', original(), { text: ' See here \n' }, 'See here\n\nAda: Saturday at ten?'],
    ['files need no words', original({ text: '', files: ['f'] }), { named: false }, ''],
    ['marks of a network stay behind', original({ text: '\u0002bold\u0002' }), { named: false }, 'bold'],
  ])('%s', (_case, given, cover, text) => {
    expect(forwarded(given, cover).text).toBe(text);
  });

  test('formatting goes with it, images of other servers do not', () => {
    const html = '<p>A <b>bold</b> <img src="/api/v1/attachments/1" alt="a" /></p>';
    const letter = forwarded(original({ html }), { text: '1 < 2\nyes' });
    expect(letter.html).toBe('<p>1 &lt; 2<br />yes</p>\n<p><strong>Ada:</strong></p>\n<p>A <b>bold</b> </p>');
    expect(forwarded(original({ html: `<p>${'x'.repeat(20_001)}</p>` }), {}).html).toBeUndefined();
    expect(forwarded(original(), { text: 'x' }).html).toBeUndefined();
  });

  test.each([
    [null, undefined],
    ['Boats', 'Fwd: Boats'],
    ['Fwd: Boats', 'Fwd: Boats'],
    ['WG: Boote', 'Fwd: Boote'],
  ])('a mail’s subject: %s', (subject, expected) => {
    expect(forwarded(original({ subject }), {}).subject).toBe(expected);
  });

  test.each([
    ['deleted', original({ deleted: true }), 'message-deleted'],
    ['unreadable', original({ unreadable: true }), 'cannot-be-forwarded'],
    ['a line of the network', original({ format: 'system' }), 'cannot-be-forwarded'],
    ['empty', original({ text: ' ' }), 'cannot-be-forwarded'],
  ])('not what is %s', (_case, given, code) => {
    expect(() => forwarded(given, {})).toThrow(expect.objectContaining({ code }));
  });
});
