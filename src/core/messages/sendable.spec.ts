import { describe, expect, it } from 'vitest';
import { checkWays, type Draft, sendableSubject, sendableText, type Way } from './sendable.js';

const way = (over: Partial<Way['send']> = {}): Way => ({
  channel: 'im',
  network: 'Net',
  send: {
    maxLength: 10,
    formatting: 'full',
    attachments: 'full',
    replies: 'full',
    idempotent: false,
    proves: 'sent',
    ...over,
  },
});
const draft = (over: Partial<Draft> = {}): Draft => ({
  ...{ text: 'hi', html: undefined, subject: undefined, attachments: 0, isReply: false },
  ...over,
});

describe('sendableText', () => {
  it('makes line ends one kind and surrogates whole', () => {
    expect(sendableText('a\r\nb\rc\td', false)).toBe('a\nb\nc\td');
    expect(sendableText('x\ud800', false)).toBe('x\ufffd');
  });

  it.each(['\0', '\u0001', '\u000b', '\u001b', '\u007f'])('refuses the control %j', (control) => {
    expect(() => sendableText(`a${control}b`, false)).toThrow('control characters');
  });

  it('refuses nothing at all, unless something is attached', () => {
    expect(() => sendableText(' \n\t', false)).toThrow('nothing to send');
    expect(sendableText('', true)).toBe('');
  });
});

describe('sendableSubject', () => {
  it('is one line', () => {
    expect(sendableSubject(' Hello ')).toBe('Hello');
    expect(sendableSubject('  ')).toBeUndefined();
    for (const sign of ['\r', '\n', '\0', '\u0085', '\u2028', '\u2029'])
      expect(() => sendableSubject(`a${sign}Bcc: b`)).toThrow('one line');
  });
});

describe('checkWays', () => {
  it('names the one network that could not carry it', () => {
    const long = draft({ text: 'x'.repeat(11) });
    expect(() => checkWays(long, [way({ maxLength: 100 }), { ...way(), network: 'SMS' }])).toThrow(
      'has 11 characters; SMS takes at most 10',
    );
    expect(() => checkWays(draft({ attachments: 1 }), [way({ attachments: 'rejected' })])).toThrow('carries no files');
    expect(() => checkWays(draft({ text: '', attachments: 1 }), [way({ attachments: 'dropped' })])).toThrow('no text');
  });

  it('says what makes files possible where the network has none, and lets them go as links with it', () => {
    const withFile = draft({ attachments: 1 });
    const rejected = way({ attachments: 'rejected', maxLength: 200 });
    expect(() => checkWays(withFile, [rejected])).toThrow('With PARLEY_PUBLIC_URL set, files go as links.');
    const linkBase = 'https://parley.example.org';
    checkWays(withFile, [rejected], { linkBase });
    expect(() => checkWays(withFile, [way({ attachments: 'rejected', maxLength: 80 })], { linkBase })).toThrow(
      'has 105 characters; Net takes at most 80',
    );
  });

  it('measures each way by its own words', () => {
    const fits = draft({ text: 'x'.repeat(11), variants: { sms: { text: 'short' } } });
    checkWays(fits, [way({ maxLength: 100 }), { ...way(), channel: 'sms' }]);
    const long = draft({ text: 'x', variants: { sms: { text: 'x'.repeat(11) } } });
    expect(() => checkWays(long, [{ ...way(), channel: 'sms', network: 'SMS' }])).toThrow('SMS takes at most 10');
    const named = draft({ text: 'Hi {{name}}', personal: true });
    checkWays(named, [way()], { person: { name: 'Annabel' } });
    expect(() => checkWays(named, [way()], { person: { name: 'Annabella' } })).toThrow('has 12 characters');
    expect(() => checkWays(named, [way()])).toThrow('needs somebody to name');
  });

  it('lets a thread be begun only where the network has them', () => {
    const answer = draft({ isReply: true, inThread: true });
    checkWays(answer, [way({ threads: 'full' })]);
    expect(() => checkWays(answer, [way({ threads: 'full' }), { ...way(), network: 'SMS' }])).toThrow(
      'SMS has no threads',
    );
  });

  it('lets through what arrives in another shape', () => {
    const dropping = way({ attachments: 'dropped', replies: 'dropped', formatting: 'dropped' });
    checkWays(draft({ attachments: 1, isReply: true, html: 'x' }), [dropping]);
    checkWays(draft({ isReply: true, html: 'x' }), [way({ replies: 'rejected', formatting: 'rejected' })]);
  });
});
