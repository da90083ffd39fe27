import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { LinkSigner } from './link-signer.js';

const [old, young] = [randomBytes(32), randomBytes(32)];
const id = randomUUID();

test('what was signed is read back, in 22 characters each', () => {
  const signer = new LinkSigner([old]);
  const { token, signature } = signer.sign(id);
  expect([token.length, signature.length]).toEqual([22, 22]);
  expect(signer.read(token, signature)).toBe(id);
  expect(signer.sign(id)).toEqual({ token, signature });
});

test('a new key in front: old links are still believed, those of a key that is gone are not', () => {
  const { token, signature } = new LinkSigner([old]).sign(id);
  expect(new LinkSigner([young, old]).read(token, signature)).toBe(id);
  expect(new LinkSigner([young]).read(token, signature)).toBeUndefined();
});

test('nothing else is read', () => {
  const signer = new LinkSigner([old]);
  const { token, signature } = signer.sign(id);
  const other = signer.sign(randomUUID());
  for (const [wrongToken, wrongSignature] of [
    [other.token, signature],
    [token, other.signature],
    [token, ''],
    [token, signature.slice(0, -1)],
    [token, `${signature}A`],
    [`${token}=`, signature],
    [` ${token}`, signature],
    [token, `${signature.slice(0, -1)}${signature.endsWith('-') ? '_' : '-'}`],
    ['', ''],
    ['../../etc/passwd', signature],
    [token, 'x'.repeat(10_000)],
  ])
    expect(signer.read(wrongToken!, wrongSignature!)).toBeUndefined();
  // The last character has bits that no byte uses: another spelling of the same is refused.
  const twin = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].find(
    (one) =>
      !signature.endsWith(one) &&
      Buffer.from(signature.slice(0, -1) + one, 'base64url').equals(Buffer.from(signature, 'base64url')),
  );
  expect(signer.read(token, signature.slice(0, -1) + twin)).toBeUndefined();
});
