import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { messageContent } from './events.js';
import { addressFrom } from './homeserver.js';
import { isUserId, roomFrom, userFrom } from './ids.js';
import { textOf } from './inbound.js';
import { described, open, seal } from './media.js';
import { mentioned } from './mentions.js';
import { textContent } from './outbound.js';

const content = (value: Record<string, unknown>) => messageContent.parse(value);

test('a file is sealed with a key of its own and opens again, unless it was changed', () => {
  const plain = randomBytes(100_000);
  const { sealed, description } = seal(plain);
  expect(Buffer.from(sealed).equals(plain)).toBe(false);
  expect(Buffer.from(open(sealed, description) ?? []).equals(plain)).toBe(true);
  expect(seal(plain).description.key.k).not.toBe(description.key.k);
  const changed = Uint8Array.from(sealed);
  changed[7] = (changed[7] ?? 0) ^ 1;
  expect(open(changed, description)).toBeUndefined();
  expect(open(sealed, { ...description, iv: 'AA' })).toBeUndefined();
});

test('what was spoken is a voice message, other sounds are files', () => {
  const voice = { durationMs: 1499.6, waveform: [0, 50, 100] };
  expect(described({ type: 'audio/ogg', voice }, 'voice.ogg', 9)).toEqual({
    ...{ msgtype: 'm.audio', body: 'voice.ogg', filename: 'voice.ogg' },
    info: { mimetype: 'audio/ogg', size: 9, duration: 1500 },
    'org.matrix.msc1767.audio': { duration: 1500, waveform: [0, 512, 1024] },
    'org.matrix.msc3245.voice': {},
  });
  expect(described({ type: 'audio/ogg' }, 'song.ogg', 9)).not.toHaveProperty('org.matrix.msc3245.voice');
  expect(described({ type: 'video/webm', voice }, 'clip.webm', 9)).not.toHaveProperty('org.matrix.msc3245.voice');
});

test('the answered message above an answer is left out, in the text and in the HTML', () => {
  const answer = content({
    msgtype: 'm.text',
    body: '> <@a:b> first\n> second\n\nthe answer\n> a quotation of its own',
    format: 'org.matrix.custom.html',
    formatted_body: '<mx-reply><blockquote>first</blockquote></mx-reply>the <b>answer</b>',
  });
  expect(textOf(answer, true)).toEqual({ text: 'the answer\n> a quotation of its own', html: 'the <b>answer</b>' });
  expect(textOf(content({ body: '> just a quotation' }), false).text).toBe('> just a quotation');
});

test('actions, formatted text, and HTML that is too much for an event', () => {
  expect(textContent({ text: '/me waves' }, {})).toEqual({ msgtype: 'm.emote', body: 'waves' });
  expect(textContent({ text: 'a', html: '<b>a</b>' }, {})).toMatchObject({ formatted_body: '<b>a</b>' });
  expect(textContent({ text: 'a', html: `<b>${'x'.repeat(50_000)}</b>` }, {})).toEqual({
    msgtype: 'm.text',
    body: 'a',
  });
});

test('what people type as an address', () => {
  expect(userFrom('alice', 'example.org')).toBe('@alice:example.org');
  expect(userFrom('@alice', 'example.org')).toBe('@alice:example.org');
  expect(userFrom('https://matrix.to/#/@alice:example.org', undefined)).toBe('@alice:example.org');
  expect(userFrom('two words', 'example.org')).toBeUndefined();
  expect(roomFrom('books', 'example.org')).toBe('#books:example.org');
  expect(roomFrom('!id:example.org', undefined)).toBe('!id:example.org');
  expect(roomFrom('@alice:example.org', 'example.org')).toBeUndefined();
  expect(isUserId('@a:b\r\nSMUGGLED')).toBe(false);
});

test('what people type as a homeserver', () => {
  expect(addressFrom('matrix.org')).toEqual({ url: 'https://matrix.org', named: true });
  expect(addressFrom('http://127.0.0.1:8008/')).toEqual({ url: 'http://127.0.0.1:8008', named: false });
  expect(addressFrom('https://example.org/matrix')).toEqual({ url: 'https://example.org/matrix', named: false });
  for (const bad of ['', 'two words', 'https://', 'https://user:secret@example.org', 'ftp://example.org', 'a/b']) {
    expect(addressFrom(bad), bad).toBeUndefined();
  }
});

const name = (user: string) => (user === '@ann:example.org' ? 'Ann <3' : undefined);
const ann = '<a href="https://matrix.to/#/%40ann%3Aexample.org">Ann &lt;3</a>';

test.each([
  [{ text: 'no @one here, nor a@b:c' }, undefined, undefined],
  [{ text: '@ann:example.org: 1 < 2' }, ['@ann:example.org'], `${ann}: 1 &lt; 2`],
  [{ text: 'hi\n@x:y.org' }, ['@x:y.org'], 'hi<br><a href="https://matrix.to/#/%40x%3Ay.org">@x:y.org</a>'],
  [
    { text: 'b @ann:example.org', html: '<b title="@ann:example.org">b</b> @ann:example.org' },
    ['@ann:example.org'],
    `<b title="@ann:example.org">b</b> ${ann}`,
  ],
  [
    { text: '@ann:example.org', html: '<code>@ann:example.org</code>' },
    ['@ann:example.org'],
    '<code>@ann:example.org</code>',
  ],
])('who is named in %j is called', (words, ids, html) => {
  expect(mentioned(words, name)).toEqual({
    ...(ids && { mentions: { user_ids: ids } }),
    ...(html !== undefined && { html }),
  });
});
