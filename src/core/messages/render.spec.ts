import { describe, expect, test } from 'vitest';
import type { Channel } from '../../sdk/index.js';
import { type Addresses, sampleAddresses } from '../links/addresses.js';
import { addressed, letterOf } from './letter.js';
import { linksFor, render, type Way, type Written } from './render.js';
import { writtenOf } from './sendable.js';

const can = { maxLength: 10_000, idempotent: false, proves: 'sent' } as const;
const way = (channel: Channel, network: string, over: Partial<Way['send']> = {}): Way => ({
  channel,
  network,
  send: { ...can, formatting: 'full', attachments: 'full', replies: 'full', ...over },
});
const matrix = way('im', 'Matrix');
const mail = way('email', 'Email');
const plainText = { formatting: 'dropped', attachments: 'rejected', replies: 'dropped' } as const;
const sms: Way = { ...way('sms', 'SMS', plainText), parts: (text) => Math.ceil(text.length / 153) };
const irc = way('im', 'IRC', plainText);

const addresses: Addresses = {
  file: (id) => `https://p.example/f/${id}?s=sig`,
  short: (url) => (url.length > 30 ? `https://p.example/l/${url.length}` : undefined),
  until: Date.UTC(2026, 11, 5, 12),
};
const message = (over: Partial<Parameters<typeof letterOf>[0]> = {}) =>
  letterOf({ text: 'Hello', format: 'plain', attachments: [], ...over });
const written = (over: Partial<Parameters<typeof letterOf>[0]> = {}, more: Partial<Written> = {}): Written => ({
  ...writtenOf(message(over)),
  ...more,
});
const photo = { id: '1', name: 'photo.jpg', size: 2_100_000 };

test('a message goes as it is where nothing is lacking', () => {
  expect(
    render(written({ text: '**Hi**', format: 'markdown' }, { files: [photo] }), matrix, undefined, addresses),
  ).toEqual({ text: 'Hi', html: '<p><strong>Hi</strong></p>', attached: true, links: [], quoted: false, losses: [] });
});

describe('words of the channel', () => {
  const letter = message({
    text: 'Hi **{{firstName}}**',
    format: 'markdown',
    subject: 'For {{name}}',
    variants: { sms: { text: 'Hi {{firstName}}' }, email: { text: 'Dear {{name}}', subject: 'A letter' } },
  });
  const ann = { name: 'Ann <Smith>' };

  test('each has its own; without its own subject a mail has the message’s', () => {
    const one = writtenOf(letter);
    expect(render(one, matrix, ann, undefined)).toMatchObject({
      text: 'Hi Ann',
      html: '<p>Hi <strong>Ann</strong></p>',
      losses: ['the subject is left out'],
    });
    expect(render(one, mail, ann, undefined)).toMatchObject({
      text: 'Dear Ann <Smith>',
      html: '<p>Dear Ann &lt;Smith&gt;</p>',
      subject: 'A letter',
      losses: [],
    });
    expect(render(one, sms, ann, undefined)).toMatchObject({ text: 'Hi Ann' });
    expect(render({ ...one, variants: undefined }, mail, ann, undefined).subject).toBe('For Ann <Smith>');
  });

  test('to one person it is filled in once and for all: a name is never looked at again', () => {
    const odd = { name: '{{name}} \\{{x}}' };
    const once = addressed(letter, odd);
    expect(once).toMatchObject({ text: 'Hi {{name}}', subject: 'For {{name}} \\{{x}}' });
    expect(once.personal).toBeUndefined();
    expect(render(writtenOf(once), sms, odd, undefined).text).toBe('Hi {{name}}');
    expect(() => addressed(letter, undefined)).toThrow('needs somebody to name');
  });

  test('an escaped placeholder goes as braces, in Markdown too', () => {
    for (const format of ['plain', 'markdown'] as const)
      expect(addressed(message({ text: '\\{{name}} {{name}}', format }), { name: 'Ann' }).text).toBe('{{name}} Ann');
  });
});

describe('files where there are none', () => {
  test('go as links, named, in text and in HTML', () => {
    const sent = render(written({ text: 'Look' }, { files: [photo] }), sms, undefined, addresses);
    expect(sent.text).toBe('Look\nphoto.jpg (2.1 MB): https://p.example/f/1?s=sig');
    expect(sent).toMatchObject({
      attached: false,
      links: [{ name: 'photo.jpg', expiresAt: addresses.until }],
      losses: ['1 file goes as a link until 5 Dec'],
    });
    const html = way('im', 'Forum', { attachments: 'rejected' });
    const two = [photo, { id: '2', name: '<b>.png', size: 12 }];
    const marked = render(written({ text: '*Look*', format: 'markdown' }, { files: two }), html, undefined, addresses);
    expect(marked.html).toContain('<p>&lt;b&gt;.png (12 bytes): <a href="https://p.example/f/2?s=sig">');
    expect(marked.losses).toEqual(['2 files go as links until 5 Dec']);
  });

  test('a message of files alone is its links', () =>
    expect(render(written({}, { text: '', files: [photo] }), irc, undefined, addresses).text).toBe(
      'photo.jpg (2.1 MB): https://p.example/f/1?s=sig',
    ));

  test('without links they are left out, and it is said', () =>
    expect(render(written({}, { files: [photo] }), sms, undefined, undefined)).toMatchObject({
      text: 'Hello',
      losses: ['1 file is left out'],
    }));

  test.each([
    ['a\r\nQUIT :x\u2028b.png', 'a QUIT :x b.png'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['\u0000\u0007', 'file'],
    ['https://evil.example/x.png', 'https:evil.example/x.png'],
    ['שלום.png', 'שלום.png'],
    ['😀.png', '😀.png'],
    [`${'n'.repeat(500)}.tar.gz`, `${'n'.repeat(45)}...nnnnn.tar.gz`],
    ['half\ud800.png', 'half\ufffd.png'],
  ])('the name %j is shown as %j', (name, shown) => {
    const { text } = render(written({}, { text: '', files: [{ ...photo, name }] }), sms, undefined, addresses);
    expect(text).toBe(`${shown} (2.1 MB): https://p.example/f/1?s=sig`);
  });

  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_499, '1.5 kB'],
    [999_499, '999 kB'],
    [999_600, '1 MB'],
    [26_214_400, '26 MB'],
  ])('%i bytes are %s', (size, shown) => {
    const { text } = render(written({}, { text: '', files: [{ ...photo, size }] }), sms, undefined, addresses);
    expect(text).toContain(`(${shown})`);
  });
});

describe('short links', () => {
  const long = 'https://shop.example/a/very/long/address?with=a&query=1';
  const text = `Look (${long}), or https://a.example.`;

  test('only by SMS, only where they are asked for', () => {
    const asked = written({ text, shortenLinks: true });
    expect(render(asked, sms, undefined, addresses).text).toBe(
      `Look (https://p.example/l/${long.length}), or https://a.example.`,
    );
    expect(linksFor(asked, sms, undefined).urls).toEqual([long, 'https://a.example']);
    for (const [one, by] of [
      [asked, irc],
      [written({ text }), sms],
    ] as const) {
      expect(render(one, by, undefined, addresses).text).toBe(text);
      expect(linksFor(one, by, undefined).urls).toEqual([]);
    }
  });

  test('also in buttons; what is in a name is no address of the writer', () => {
    const buttons = [[{ label: 'Shop', url: long }]];
    const asked = written({ text: 'Hi {{name}}', buttons, shortenLinks: true });
    const evil = { name: `Ann ${long}` };
    expect(linksFor(asked, sms, evil).urls).toEqual([long]);
    expect(render(asked, sms, evil, addresses).text).toBe(
      `Hi Ann shop.example/a/very/long/address?with=a&query=1\n1. Shop: https://p.example/l/${long.length}`,
    );
  });
});

describe('what is answered', () => {
  const quote = { senderName: 'Ann', text: `Is the\nparcel there? ${'x'.repeat(100)}`, here: true };

  test('is quoted in a line where the network cannot point to it', () => {
    expect(render(written({}, { quote }), sms, undefined, undefined)).toMatchObject({
      text: `> Ann: Is the parcel there? ${'x'.repeat(59)}...\nHello`,
      quoted: true,
      losses: ['what it answers is quoted'],
    });
    expect(render(written({}, { quote }), matrix, undefined, undefined)).toMatchObject({
      text: 'Hello',
      quoted: false,
    });
  });

  test('also where the message never was in that chat', () => {
    const elsewhere = { senderName: '<Ann>', text: 'there?', here: false };
    expect(
      render(written({ text: '*Hi*', format: 'markdown' }, { quote: elsewhere }), mail, undefined, undefined),
    ).toMatchObject({
      text: '> <Ann>: there?\nHi',
      html: '<blockquote>&lt;Ann&gt;: there?</blockquote><p><em>Hi</em></p>',
    });
  });
});

test('formatting, buttons and length are told', () => {
  const one = written({
    text: `# Plan\n\n- [the page](https://a.example)\n- ~~five~~ six\n\n> quoted\n\n${'word '.repeat(60)}`,
    format: 'markdown',
    subject: 'Plan',
    buttons: [[{ label: 'Yes' }]],
  });
  const sent = render(one, sms, undefined, undefined);
  expect(sent.text).toMatch(/^Plan\n\n- the page \(https:\/\/a\.example\)\n- ~five~ six\n\n> quoted\n\nword /);
  expect(sent.text).toMatch(/\n1\. Yes$/);
  expect(sent.html).toBeUndefined();
  expect(sent.losses).toEqual([
    'formatting is lost',
    'the subject is left out',
    'buttons become lines of text',
    'sent as 3 SMS',
  ]);
  expect(render(one, way('im', 'Chat', { formatting: 'partial' }), undefined, undefined).losses).toContain(
    'some formatting is lost',
  );
});

test('the same message is the same text each time, and never longer than the sample said', () => {
  const one = written({ text: `https://shop.example/${'x'.repeat(60)}`, shortenLinks: true }, { files: [photo] });
  const sample = sampleAddresses('https://p.example', 0);
  expect(render(one, sms, undefined, sample)).toEqual(render(one, sms, undefined, sample));
  expect(render(one, sms, undefined, sample).text).not.toContain('shop.example');
});
