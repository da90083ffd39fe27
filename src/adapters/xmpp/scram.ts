import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** The mechanisms taken, the best first. */
export const hashes = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const;
export type ScramMechanism = keyof typeof hashes;

/** A server may ask for many rounds to tire a client out. */
const maxRounds = 1_000_000;
const minRounds = 4_096;

/**
 * SASL SCRAM (RFC 5802, RFC 7677): the password does not cross the wire, and the server proves in turn that it knows it.
 * The library has only SHA-1 and does not check the server's proof.
 */
export class Scram {
  readonly #nonce: string;
  readonly #first: string;
  #proof: Buffer | undefined;

  constructor(
    readonly mechanism: ScramMechanism,
    username: string,
    private readonly password: string,
    nonce = randomBytes(24).toString('base64'),
  ) {
    this.#nonce = nonce;
    const name = username.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C');
    this.#first = `n=${name},r=${nonce}`;
  }

  begin(): string {
    return `n,,${this.#first}`;
  }

  /** Answers the server's challenge. @throws Error where it is not one */
  async answer(challenge: string): Promise<string> {
    const hash = hashes[this.mechanism];
    const { r: nonce = '', s: salt = '', i: rounds = '', m } = attributes(challenge);
    const count = Number(rounds);
    if (m !== undefined || !nonce.startsWith(this.#nonce) || nonce === this.#nonce)
      throw new Error('a false challenge');
    if (!/^\d{1,8}$/.test(rounds) || count < minRounds || count > maxRounds) throw new Error('a false round count');
    const size = createHash(hash).digest().length;
    const salted = await derive(this.password.normalize('NFKC'), Buffer.from(salt, 'base64'), count, size, hash);
    const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
    const clientKey = hmac(salted, 'Client Key');
    const last = `c=biws,r=${nonce}`;
    const signed = `${this.#first},${challenge},${last}`;
    const signature = hmac(createHash(hash).update(clientKey).digest(), signed);
    this.#proof = hmac(hmac(salted, 'Server Key'), signed);
    return `${last},p=${Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64')}`;
  }

  /** Whether the server has proven that it knows the password. */
  verifies(success: string): boolean {
    const given = Buffer.from(attributes(success).v ?? '', 'base64');
    return this.#proof !== undefined && given.length === this.#proof.length && timingSafeEqual(given, this.#proof);
  }
}

function attributes(text: string): Partial<Record<'r' | 's' | 'i' | 'm' | 'v', string>> {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}
