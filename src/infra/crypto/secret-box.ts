import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const KEY_ID = 4;

/**
 * Secrets at rest: AES-256-GCM (NIST SP 800-38D) with a random nonce. Layout: version, key id, nonce, tag, text.
 * The first key seals; all keys open, so an old one still reads while a new one is brought in.
 */
export class SecretBox {
  readonly #keys: { id: Buffer; key: Buffer }[];

  /** @param keys 32 bytes each, at least one */
  constructor(keys: readonly Buffer[]) {
    if (keys.length === 0 || keys.some((key) => key.length !== 32)) throw new Error('a secret key has 32 bytes');
    this.#keys = keys.map((key) => ({ id: createHash('sha256').update(key).digest().subarray(0, KEY_ID), key }));
  }

  seal(text: string): Buffer {
    return this.sealBytes(Buffer.from(text, 'utf8'));
  }

  sealBytes(content: Uint8Array): Buffer {
    const { id, key } = this.#keys[0]!;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), id, nonce, cipher.getAuthTag(), sealed]);
  }

  /** Whether it was sealed with the key that seals now. */
  isCurrent(bytes: Uint8Array): boolean {
    return Buffer.compare(bytes.subarray(1, 1 + KEY_ID), this.#keys[0]!.id) === 0;
  }

  /** The same, sealed with the key that seals now; undefined where it is already, or where no key opens it. */
  resealed(bytes: Uint8Array): Buffer | undefined {
    const opened = this.isCurrent(bytes) ? undefined : this.openIfFits(bytes);
    return opened && this.sealBytes(opened);
  }

  /** As `openBytes`; undefined where no key fits. */
  openIfFits(bytes: Uint8Array): Buffer | undefined {
    try {
      return this.openBytes(bytes);
    } catch {
      return undefined;
    }
  }

  /** @throws WrongKey where no key fits or the bytes were changed */
  open(bytes: Uint8Array): string {
    return this.openBytes(bytes).toString('utf8');
  }

  /** @throws WrongKey as `open` */
  openBytes(bytes: Uint8Array): Buffer {
    const box = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const id = box.subarray(1, 1 + KEY_ID);
    const fitting = this.#keys.find((key) => key.id.equals(id));
    if (box[0] !== VERSION || !fitting || box.length < 1 + KEY_ID + NONCE + TAG) throw new WrongKey();
    const nonce = box.subarray(1 + KEY_ID, 1 + KEY_ID + NONCE);
    const tag = box.subarray(1 + KEY_ID + NONCE, 1 + KEY_ID + NONCE + TAG);
    const decipher = createDecipheriv('aes-256-gcm', fitting.key, nonce);
    decipher.setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(box.subarray(1 + KEY_ID + NONCE + TAG)), decipher.final()]);
    } catch {
      throw new WrongKey();
    }
  }
}

export class WrongKey extends Error {
  constructor() {
    super('the secret key does not open what is stored; start with the key it was sealed with (PARLEY_SECRET_KEY)');
    this.name = 'WrongKey';
  }
}
