import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** RFC 5802, RFC 7677: the server never sees the password, and has to prove that it knows what belongs to it. */
export const scramHashes = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const;
export type ScramName = keyof typeof scramHashes;

const derive = promisify(pbkdf2);
/** Fewer would make a guess cheap for whoever listens; more would keep this process busy for a server's whim. */
const rounds = { least: 4_096, most: 1_000_000 };

/** The other side does not keep to the protocol, or does not know the password. */
export class ScramFailed extends Error {}

export class Scram {
  readonly #nonce: string;
  readonly #bare: string;
  readonly #hash: string;
  #expected: Buffer | undefined;
  /** The server has proven that it knows the password. */
  verified = false;

  constructor(
    name: ScramName,
    account: string,
    private readonly password: string,
    nonce = randomBytes(24).toString('base64'),
  ) {
    this.#hash = scramHashes[name];
    this.#nonce = nonce;
    this.#bare = `n=${prepared(account).replace(/=/g, '=3D').replace(/,/g, '=2C')},r=${nonce}`;
  }

  first(): string {
    return `n,,${this.#bare}`;
  }

  /** Answers the server's first message. @throws ScramFailed */
  async final(challenge: string): Promise<string> {
    const [, nonce = '', salt = '', count = ''] =
      /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})(?:,.*)?$/.exec(challenge) ?? [];
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length || salt === '') {
      throw new ScramFailed('it did not keep to SCRAM');
    }
    const iterations = Number(count);
    if (iterations < rounds.least || iterations > rounds.most) {
      throw new ScramFailed(`it asks for ${count} rounds, where ${rounds.least} to ${rounds.most} are sensible`);
    }
    const size = createHash(this.#hash).digest().length;
    const salted = await derive(prepared(this.password), Buffer.from(salt, 'base64'), iterations, size, this.#hash);
    const withoutProof = `c=${Buffer.from('n,,').toString('base64')},r=${nonce}`;
    const signed = `${this.#bare},${challenge},${withoutProof}`;
    const clientKey = this.#mac(salted, 'Client Key');
    const signature = this.#mac(createHash(this.#hash).update(clientKey).digest(), signed);
    this.#expected = this.#mac(this.#mac(salted, 'Server Key'), signed);
    return `${withoutProof},p=${Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64')}`;
  }

  /** Takes the server's last message. @throws ScramFailed */
  verify(last: string): void {
    const proof = Buffer.from(/^v=([A-Za-z0-9+/=]+)/.exec(last)?.[1] ?? '', 'base64');
    const expected = this.#expected;
    if (!expected || proof.length !== expected.length || !timingSafeEqual(proof, expected)) {
      throw new ScramFailed('it could not prove that it knows the password');
    }
    this.verified = true;
  }

  #mac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

/** SASLprep (RFC 4013) as far as it changes anything: odd spaces, what is invisible, and one spelling of each letter. */
function prepared(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g, '')
    .normalize('NFKC');
}
