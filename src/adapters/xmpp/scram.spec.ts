import { expect, test } from 'vitest';
import { Scram } from './scram.js';

test.each([
  [
    'SCRAM-SHA-1',
    'fyko+d2lbbFgONRv9qkxdawL',
    'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  ],
  [
    'SCRAM-SHA-256',
    'rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  ],
] as const)(
  '%s speaks as the RFC has it, and checks the server',
  async (mechanism, nonce, challenge, answer, success) => {
    const scram = new Scram(mechanism, 'user', 'pencil', nonce);
    expect(scram.begin()).toBe(`n,,n=user,r=${nonce}`);
    expect(await scram.answer(challenge)).toBe(answer);
    expect(scram.verifies(success)).toBe(true);
    expect(scram.verifies('v=AAAA')).toBe(false);
    expect(scram.verifies('')).toBe(false);
  },
);

test.each([
  ['another nonce', 'r=other,s=QSXCR+Q6sek8bf92,i=4096'],
  ['no nonce of its own', 'r=mine,s=QSXCR+Q6sek8bf92,i=4096'],
  ['too few rounds', 'r=mineyours,s=QSXCR+Q6sek8bf92,i=1'],
  ['far too many rounds', 'r=mineyours,s=QSXCR+Q6sek8bf92,i=99999999'],
  ['an extension nobody knows', 'm=x,r=mineyours,s=QSXCR+Q6sek8bf92,i=4096'],
  ['nothing', ''],
])('a challenge with %s is refused', async (_what, challenge) => {
  await expect(new Scram('SCRAM-SHA-1', 'user', 'pencil', 'mine').answer(challenge)).rejects.toThrow();
});
