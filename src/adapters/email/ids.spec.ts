import { describe, expect, it } from 'vitest';
import { addressFromInput, normaliseAddress } from './addresses.js';
import { MessageIds, messageIds } from './ids.js';

const ids = new MessageIds(Buffer.alloc(32, 1).toString('base64'), 'me@parley.test');

describe('Message-IDs', () => {
  it('are the same for the same delivery, and carry their chat unreadably', () => {
    const id = ids.mint('key', 'to:alice@x.test');
    expect(ids.mint('key', 'to:alice@x.test')).toBe(id);
    expect(ids.mint('key2', 'to:alice@x.test')).not.toBe(id);
    expect(id).not.toContain('alice');
    expect(Buffer.from(id.slice(8, id.indexOf('@')), 'base64url').toString('latin1')).not.toContain('alice');
    expect(ids.read(id)).toEqual({ chat: 'to:alice@x.test' });
  });

  it('stay short for long chats, which are then found by References', () => {
    const id = ids.mint('key', `<${'r'.repeat(500)}@x>`);
    expect(id.length).toBeLessThan(512);
    expect(ids.read(id)).toEqual({ chat: undefined });
  });

  it('cannot be forged or altered', () => {
    const id = ids.mint('key', 'to:alice@x.test');
    const flipped = id.replace(/.@/, (end) => `${end[0] === 'A' ? 'Q' : 'A'}@`);
    const other = new MessageIds(Buffer.alloc(32, 2).toString('base64'), 'me@parley.test');
    for (const bad of [
      flipped,
      other.mint('key', 'to:alice@x.test'),
      id.replace('parley.test', 'evil.test'),
      '<parley.@x>',
      '',
    ]) {
      expect(ids.read(bad)).toBeUndefined();
    }
  });

  it('are picked out of any header', () => {
    expect(messageIds(' <a@x>\r\n\t<b@x> (comment) junk <c d@x> <e@x>')).toEqual(['<a@x>', '<b@x>', '<e@x>']);
  });
});

describe('addresses', () => {
  it.each([
    'Alice@X.test',
    'alice+tag@x.test',
    'mailto:alice@x.test',
    'Alice <alice@x.test>',
    'jörg@exämple.test',
    'a@localhost',
  ])('takes %s', (text) => expect(addressFromInput(text)).toBeDefined());
  it.each([
    '',
    'alice',
    '@x.test',
    'a@',
    'a b@x.test',
    '"a b"@x.test',
    'a@x.test>',
    'a@x.test\r\nRCPT',
    'a@x..test',
    'a,b@x.test',
    `${'a'.repeat(65)}@x.test`,
  ])('refuses %j', (text) => expect(addressFromInput(text)).toBeUndefined());
  it('writes a domain in one form', () => {
    expect(normaliseAddress('a@xn--exmple-cua.test')).toBe('a@exämple.test');
  });
});
