import { describe, expect, it } from 'vitest';
import { channelFrom, fold, isAmbiguous, MessageIds, nickFrom, targetOf } from './ids.js';

describe('case mapping', () => {
  it('follows what the server says', () => {
    expect(fold('Alice[A]\\^~', 'ascii')).toBe('alice[a]\\^~');
    expect(fold('Alice[A]\\^~', 'rfc1459')).toBe('alice{a}|~~');
    expect(fold('Alice[A]\\^~', 'rfc1459-strict')).toBe('alice{a}|^~');
    expect(fold('ÄLICE', 'ascii')).toBe('Älice');
    expect(fold('ÄLICE', 'rfc7613')).toBe('älice');
  });

  it('knows which names every server holds for the same', () => {
    expect(isAmbiguous('Alice-_`')).toBe(false);
    for (const name of ['al[ce', 'al{ce', 'al~ce', 'al^ce', 'al\\ce', 'ÄLICE']) expect(isAmbiguous(name)).toBe(true);
  });
});

describe('addresses', () => {
  it.each(['alice', 'Alice_', 'al|ce', '[bot]', '`x', '*status', 'älice', 'user.name'])('takes the nick %s', (nick) =>
    expect(nickFrom(nick)).toBe(nick),
  );
  it.each([
    ...[
      '',
      ' ',
      ' alice',
      'a b',
      'a\tb',
      'a,b',
      ':a',
      'a:b',
      '#a',
      '&a',
      '@a',
      '+a',
      '~a',
      '%a',
      '$a',
      '*',
      '-a',
      '1a',
    ],
    ...['a!b', 'a@b', 'a*', 'a?', 'a\r\nQUIT', 'a\nb', 'a\0b', 'a\x01b', 'a\u0085b', 'a\u2028b', 'a\u00a0b', '\ud800a'],
    'x'.repeat(65),
  ])('refuses the nick %j', (nick) => expect(nickFrom(nick)).toBeUndefined());

  it('takes channels with or without their prefix', () => {
    expect(channelFrom('#Parley', '#')).toBe('#Parley');
    expect(channelFrom('parley', '#')).toBe('#parley');
    expect(channelFrom('&local', '#&')).toBe('&local');
  });
  it.each(['', '#', '#a b', '#a,b', '#a:b', '#a\r\nQUIT', '#a\x07b', '#a\0', `#${'x'.repeat(64)}`])(
    'refuses the channel %j',
    (name) => expect(channelFrom(name, '#')).toBeUndefined(),
  );

  it('sends only under ids it minted', () => {
    expect(targetOf('alice', '#')).toBe('alice');
    expect(targetOf('#parley', '#')).toBe('#parley');
    for (const bad of ['alice bob', '#a b', 'alice\r\nQUIT', '', 'a,b']) expect(targetOf(bad, '#')).toBeUndefined();
  });
});

describe('message ids', () => {
  const said = (tags: Record<string, string>, text = 'hello') => ({ tags, nick: 'alice', params: ['#parley', text] });

  it('are the network’s where it gives one, else minted once', () => {
    const ids = new MessageIds();
    expect(ids.of(said({ msgid: 'abc' }), true)).toBe('abc');
    const odd: Record<string, string>[] = [{}, { msgid: '' }, { msgid: 'x'.repeat(300) }];
    const all = odd.map((tags) => ids.of(said(tags), false));
    const minted = [...all, new MessageIds().of(said({}), false)];
    expect(new Set(minted).size).toBe(4);
    for (const id of minted) expect(id).toMatch(/^~/);
  });

  it('are the same again for what is played back with its time, and differ for the same said twice at once', () => {
    const [live, later] = [new MessageIds(), new MessageIds()];
    const lines = [
      said({ time: '2026-01-01T10:00:00.000Z' }),
      said({ time: '2026-01-01T10:00:00.000Z' }),
      said({ time: '2026-01-01T10:00:00.000Z' }, 'another'),
      said({ time: '2026-01-01T10:00:00.001Z' }),
    ];
    const first = lines.map((line) => live.of(line, true));
    expect(new Set(first).size).toBe(4);
    expect(lines.map((line) => later.of(line, true))).toEqual(first);
    live.restart();
    expect(lines.map((line) => live.of(line, true))).toEqual(first);
    expect(live.of(said({ time: '2099-01-01T10:00:00.000Z' }), false)).not.toMatch(/^~t/);
  });
});
