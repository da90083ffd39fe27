import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** 128 bits of the MAC: short enough for an SMS, and nobody guesses them. */
const BYTES = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Signs ids for addresses that need no sign-in: HMAC-SHA256 under a key made from the secret key (RFC 5869). The first
 * key signs; all of them are believed, so that links outlive a change of the key.
 */
export class LinkSigner {
  readonly #keys: Buffer[];

  /** @param keys 32 bytes each, at least one */
  constructor(keys: readonly Buffer[]) {
    if (keys.length === 0) throw new Error('signing needs a key');
    this.#keys = keys.map((key) => Buffer.from(hkdfSync('sha256', key, '', 'parley links to files', 32)));
  }

  /** @param id a UUID in lower case */
  sign(id: string): { token: string; signature: string } {
    if (!UUID.test(id)) throw new Error('not a UUID');
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    return { token: bytes.toString('base64url'), signature: mac(this.#keys[0]!, bytes).toString('base64url') };
  }

  /** The id, if this very server signed it. All keys are tried, in constant time each. */
  read(token: string, signature: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    const given = Buffer.from(signature, 'base64url');
    if (bytes.length !== 16 || given.length !== BYTES) return undefined;
    // One id has one spelling.
    if (bytes.toString('base64url') !== token || given.toString('base64url') !== signature) return undefined;
    let good = false;
    for (const key of this.#keys) if (timingSafeEqual(mac(key, bytes), given)) good = true;
    return good ? bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
  }
}

const mac = (key: Buffer, bytes: Buffer): Buffer =>
  createHmac('sha256', key).update('file\0').update(bytes).digest().subarray(0, BYTES);
