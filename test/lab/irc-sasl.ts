import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

export type IrcAccount = {
  name: string;
  password: string;
  /** SHA-256 of the certificate that signs it in without a password, in hex. */
  fingerprint?: string;
};

export const saslMechanisms = ['EXTERNAL', 'PLAIN', 'SCRAM-SHA-256'];

/** What the other side is told: a challenge, or how it ended. `first` begins the exchange. */
export type SaslStep = { challenge: string } | { account: IrcAccount } | 'refused';

/** The server's half of one sign-in: RFC 4616 (PLAIN), RFC 4422 appendix A (EXTERNAL), RFC 5802 and 7677 (SCRAM). */
export class SaslServer {
  readonly #mechanism: string;
  #scram: ScramServer | undefined;
  #proven: IrcAccount | undefined;

  private readonly fingerprint: string | undefined;
  private readonly accounts: readonly IrcAccount[];

  constructor(mechanism: string, fingerprint: string | undefined, accounts: readonly IrcAccount[]) {
    this.#mechanism = mechanism;
    this.fingerprint = fingerprint;
    this.accounts = accounts;
  }

  begin(): SaslStep {
    return saslMechanisms.includes(this.#mechanism) ? { challenge: '' } : 'refused';
  }

  next(data: string): SaslStep {
    if (this.#mechanism === 'PLAIN') return this.#plain(data);
    if (this.#mechanism === 'EXTERNAL') return this.#external(data);
    if (this.#proven) return { account: this.#proven };
    if (!this.#scram) {
      this.#scram = ScramServer.begin(data, this.accounts);
      return this.#scram ? { challenge: this.#scram.challenge } : 'refused';
    }
    const proof = this.#scram.check(data);
    if (proof === undefined) return 'refused';
    this.#proven = this.#scram.account;
    return { challenge: proof };
  }

  #plain(data: string): SaslStep {
    const [authorise, name, password] = data.split('\0');
    if (authorise && authorise !== name) return 'refused';
    return found(this.accounts.find((one) => one.name === name && one.password === password));
  }

  #external(data: string): SaslStep {
    const { fingerprint } = this;
    const known = this.accounts.find((one) => fingerprint !== undefined && one.fingerprint === fingerprint);
    return found(data === '' || data === known?.name ? known : undefined);
  }
}

const found = (account: IrcAccount | undefined): SaslStep => (account ? { account } : 'refused');
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const iterations = 4_096;

class ScramServer {
  readonly challenge: string;
  readonly #nonce: string;
  readonly #salt = randomBytes(16);

  readonly account: IrcAccount;
  private readonly bare: string;

  private constructor(account: IrcAccount, bare: string, clientNonce: string) {
    this.account = account;
    this.bare = bare;
    this.#nonce = clientNonce + randomBytes(18).toString('base64url');
    this.challenge = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${iterations}`;
  }

  static begin(first: string, accounts: readonly IrcAccount[]): ScramServer | undefined {
    const [, bare = '', name = '', nonce = ''] = /^n,,(n=([^,]*),r=([^,]+))$/.exec(first) ?? [];
    const account = accounts.find((one) => one.name === name.replaceAll('=2C', ',').replaceAll('=3D', '='));
    return account && new ScramServer(account, bare, nonce);
  }

  /** Answers our own proof, or nothing where theirs is wrong. */
  check(final: string): string | undefined {
    const [, withoutProof = '', nonce, proof = ''] = /^(c=biws,r=([^,]+)),p=(.+)$/.exec(final) ?? [];
    if (nonce !== this.#nonce) return undefined;
    const salted = pbkdf2Sync(this.account.password, this.#salt, iterations, 32, 'sha256');
    const signed = `${this.bare},${this.challenge},${withoutProof}`;
    const storedKey = sha256(hmac(salted, 'Client Key'));
    const signature = hmac(storedKey, signed);
    const key = Buffer.from(proof, 'base64').map((byte, at) => byte ^ (signature[at] ?? 0));
    if (key.length !== 32 || !timingSafeEqual(sha256(Buffer.from(key)), storedKey)) return undefined;
    return `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`;
  }
}
