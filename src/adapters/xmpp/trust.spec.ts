import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { readCertificate } from '../../sdk/index.js';
import { tlsOptionsFor } from './trust.js';

const presented = { subject: { CN: 'server.example' }, subjectaltname: 'DNS:server.example', raw: Buffer.from('der') };
const certificate = presented as unknown as PeerCertificate;

test('a certificate must be for the part of the address after the @, not for the name of the server', () => {
  const check = tlsOptionsFor('example.org', undefined).checkServerIdentity;
  expect(check?.('server.example', certificate)).toBeInstanceOf(Error);
  expect(tlsOptionsFor('server.example', undefined).checkServerIdentity?.('other', certificate)).toBeUndefined();
  expect(tlsOptionsFor('example.org', undefined).servername).toBe('example.org');
});

test('what is no certificate is not taken for one', () => {
  for (const typed of ['', 'no certificate', '-----BEGIN CERTIFICATE-----'])
    expect(readCertificate(typed)).toBeUndefined();
});
