import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Longer than a request is on its way, and clocks of machines differ. */
const LASTS_MS = 30_000;
const SEAL = /^(\d{13})\.([\w-]{43})$/;

/** Proves that a request was made by somebody who has the secret key: an HMAC over what it asks for and when. */
export class NodeSeal {
  readonly #keys: readonly Buffer[];

  /** @param secretKeys the first seals, all of them open */
  constructor(secretKeys: readonly Buffer[]) {
    this.#keys = secretKeys.map((key) => Buffer.from(hkdfSync('sha256', key, '', 'parley requests between nodes', 32)));
  }

  seal(method: string, path: string): string {
    const at = String(Date.now());
    return `${at}.${mac(this.#keys[0]!, at, method, path).toString('base64url')}`;
  }

  proves(seal: unknown, method: string, path: string): boolean {
    const [, at, sum] = typeof seal === 'string' ? (SEAL.exec(seal) ?? []) : [];
    if (at === undefined || sum === undefined || Math.abs(Date.now() - Number(at)) > LASTS_MS) return false;
    const given = Buffer.from(sum, 'base64url');
    return this.#keys.some((key) => {
      const right = mac(key, at, method, path);
      return right.length === given.length && timingSafeEqual(right, given);
    });
  }
}

const mac = (key: Buffer, at: string, method: string, path: string): Buffer =>
  createHmac('sha256', key).update(`${at}\n${method}\n${path}`).digest();
