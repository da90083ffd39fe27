import { expect, it } from 'vitest';
import { destinationOf, ownSender, senderAddress, smppAddress, toE164 } from './ids.js';

it('reads typed numbers', () => {
  expect(toE164('+44 7700 900123', undefined)).toEqual({ number: '+447700900123' });
  expect(toE164('0044 7700-900123', undefined)).toEqual({ number: '+447700900123' });
  expect(toE164('07700 900123', 'GB')).toEqual({ number: '+447700900123' });
  for (const bad of [
    '',
    'alice',
    '+',
    '+1',
    '+44',
    '07700900123',
    '+44770090012345678',
    '+44\n7700900123',
    '+99912345678',
    '123',
  ]) {
    expect(toE164(bad, undefined), bad).toHaveProperty('why');
  }
});

it('names senders', () => {
  expect(senderAddress('447700900123', undefined, true)).toBe('+447700900123');
  expect(senderAddress('447700900123', undefined, false)).toBe('+447700900123');
  expect(senderAddress('07700900123', 'GB', false)).toBe('+447700900123');
  expect(senderAddress('447700900123', 'GB', false)).toBe('+447700900123');
  expect(senderAddress('MyBank', undefined, false)).toBe('MyBank');
  expect(senderAddress('72345', 'GB', false)).toBe('72345');
  expect(senderAddress('\0\r\n', undefined, false)).toBe('unknown');
});

it('knows what can be sent from and to', () => {
  expect(ownSender('+44 7700 900100', undefined)).toBe('+447700900100');
  expect(ownSender('447700900100', undefined)).toBe('+447700900100');
  expect(ownSender('72345', undefined)).toBe('72345');
  expect(ownSender('Parley', undefined)).toBe('Parley');
  expect(ownSender('Parley Gateway', undefined)).toBeUndefined();
  expect(smppAddress('Parley')).toEqual({ address: 'Parley', ton: 5, npi: 0 });
  expect(smppAddress('+4477')).toEqual({ address: '4477', ton: 1, npi: 1 });
  expect(destinationOf('72345')).toBe('72345');
  expect(() => destinationOf('MyBank')).toThrow('cannot be answered');
});
