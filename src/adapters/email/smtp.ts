import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { AdapterError, type Clock, tlsOptions } from '../../sdk/index.js';
import { reasonOf, type Where } from './reasons.js';
import type { Settings } from './settings.js';

export type Envelope = {
  from: string;
  to: string[] /** Ask for reports of success too, where the server can (RFC 3461). */;
  reports: boolean;
};
/** Who signs in; `access` answers a token that works, another one than `refused`. */
export type SmtpSignIn =
  | { user: string; pass: string }
  | { user: string; access: (refused?: string) => Promise<string> };

type Auth = Parameters<SMTPConnection['login']>[0];
type Talk = { authMethods: string[]; say: (command: string) => Promise<number> };

const tokenAuth = 'PARLEY-TOKEN';
export type Accepted = { reply: string; refused: { address: string; reply: string }[] };

type Failure = { code?: string | undefined; responseCode?: number | undefined; response?: string | undefined };

const answerMs = 60_000;

/**
 * Hands one mail to the SMTP server: one connection, one attempt. Until the final dot has left, nothing was sent
 * and a failure is `temporary`; after it, no answer means `unknown-outcome`.
 */
export class SmtpSend {
  readonly #connection: SMTPConnection;
  readonly #where: Where;
  #ended = false;
  #fail: ((error: unknown) => void) | undefined;
  #tokenTrouble: unknown;

  constructor(
    settings: Settings,
    private readonly signIn: SmtpSignIn,
    private readonly clock: Clock,
  ) {
    const { host, port, tls } = settings.smtp;
    this.#where = { protocol: 'SMTP', host, port };
    this.#connection = new SMTPConnection({
      host,
      port,
      secure: tls === 'on',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'off',
      tls: tlsOptions(host, settings.certificate),
      name: 'parley.local',
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      dnsTimeout: 20_000,
      socketTimeout: 2 * answerMs,
      socketCloseTimeout: 0,
      customAuth: {
        [tokenAuth]: (context) =>
          this.#showToken({
            authMethods: context.authMethods,
            say: async (command) => (await context.sendCommand(command)).status,
          }).then(
            (taken) => (taken ? context.resolve() : context.reject(new Error('the token was refused'))),
            (error: unknown) => {
              this.#tokenTrouble = error;
              context.reject(new Error('no token'));
            },
          ),
      },
    });
  }

  async run(envelope: Envelope, source: Readable, signal: AbortSignal): Promise<Accepted> {
    const abort = () => this.#fail?.(Object.assign(new Error('given up'), { code: 'ABORTED' }));
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    failed.catch(() => {});
    signal.addEventListener('abort', abort, { once: true });
    this.#connection.on('error', (error) => this.#fail?.(error));
    let silence = () => {};
    source.on('end', () => {
      this.#ended = true;
      silence = this.clock.after(answerMs, () =>
        this.#fail?.(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      );
    });
    try {
      if (signal.aborted) abort();
      return await Promise.race([this.#talk(envelope, source), failed]);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      silence();
      signal.removeEventListener('abort', abort);
      source.destroy();
      this.#connection.close();
    }
  }

  async #talk(envelope: Envelope, source: Readable): Promise<Accepted> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.once('error', reject);
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
    if (this.#connection.allowsAuth) {
      await new Promise<void>((resolve, reject) => {
        this.#connection.login(this.#auth(), (error) => (error ? reject(error) : resolve()));
      });
    }
    const info = await new Promise<{ response: string; rejectedErrors?: unknown[] | undefined }>((resolve, reject) => {
      const { from, to, reports } = envelope;
      const dsn = { ret: 'HDRS', notify: ['SUCCESS', 'FAILURE', 'DELAY'] } as const;
      const wanted = reports ? { dsn: { ...dsn, notify: [...dsn.notify] } } : {};
      this.#connection.send({ from, to, ...wanted, use8BitMime: false }, source, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
    return { reply: info.response.slice(0, 500), refused: (info.rejectedErrors ?? []).map(refusalOf) };
  }

  #auth(): Auth {
    if ('pass' in this.signIn) {
      const { user, pass } = this.signIn;
      return { user, pass, credentials: { user, pass } };
    }
    const { user } = this.signIn;
    const credentials = { user, pass: '' };
    return Object.assign({ user, pass: '', credentials }, { method: tokenAuth });
  }

  /** XOAUTH2, or OAUTHBEARER (RFC 7628) where the server has no XOAUTH2. A refused token is renewed once. */
  async #showToken({ authMethods, say }: Talk): Promise<boolean> {
    if ('pass' in this.signIn) return false;
    const { user, access } = this.signIn;
    let token = await access();
    if (await sayToken(authMethods, say, user, token)) return true;
    token = await access(token);
    return sayToken(authMethods, say, user, token);
  }

  #explain(error: unknown): AdapterError {
    if (this.#tokenTrouble instanceof AdapterError) return this.#tokenTrouble;
    const { code, responseCode, response } = failureOf(error);
    const said = (response ?? '').replace(/\s+/g, ' ').slice(0, 300);
    if (code === 'ESTREAM') return new AdapterError('temporary', 'an attachment could not be read', { cause: error });
    if (code === 'EAUTH' && (responseCode === undefined || responseCode >= 500)) {
      return new AdapterError('auth', `the SMTP server refused the password${said && `: ${said}`}`, { cause: error });
    }
    if (responseCode !== undefined && responseCode >= 500) {
      return new AdapterError('rejected', `the SMTP server refused the mail: ${said}`, { cause: error });
    }
    if (responseCode !== undefined && responseCode >= 400) return postponed(responseCode, said, error);
    if (code === 'EMESSAGE' || (code === 'EENVELOPE' && responseCode === undefined)) {
      const text = error instanceof Error ? error.message : 'refused';
      return new AdapterError('rejected', `the mail cannot be sent: ${text.slice(0, 300)}`, { cause: error });
    }
    const why = code === 'ABORTED' ? 'the send was given up' : reasonOf(error, this.#where);
    return this.#ended
      ? new AdapterError('unknown-outcome', `${why} after the mail was handed over`, { cause: error })
      : new AdapterError('temporary', why, { cause: error });
  }
}

async function sayToken(methods: string[], say: Talk['say'], user: string, token: string): Promise<boolean> {
  const bearer = `auth=Bearer ${token}\x01\x01`;
  const old = methods.includes('XOAUTH2');
  const words = old
    ? `user=${user}\x01${bearer}`
    : `n,a=${user.replace(/=/g, '=3D').replace(/,/g, '=2C')},\x01${bearer}`;
  const status = await say(`AUTH ${old ? 'XOAUTH2' : 'OAUTHBEARER'} ${Buffer.from(words).toString('base64')}`);
  // The server says what is wrong and waits for an empty answer before it refuses.
  return (status === 334 ? await say(old ? '' : 'AQ==') : status) === 235;
}

function failureOf(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return {};
  return {
    code: 'code' in error ? String(error.code) : undefined,
    responseCode: 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined,
    response: 'response' in error && typeof error.response === 'string' ? error.response : undefined,
  };
}

function refusalOf(error: unknown): { address: string; reply: string } {
  const address = typeof error === 'object' && error !== null && 'recipient' in error ? String(error.recipient) : '?';
  return { address, reply: failureOf(error).response ?? 'refused' };
}

/**
 * 4yz: greylisting and rate limits say in words how long to stay away, if at all. Greylisting, and a mailbox that cannot
 * take it now (450, or X.2.X of RFC 3463), are about one recipient.
 */
function postponed(code: number, said: string, cause: unknown): AdapterError {
  const toOne = code === 450 || /grey|gray|\b4\.2\.\d/i.test(said);
  const limited = toOne || code === 421 || code === 452 || /rate|too many|throttl|limit|try again/i.test(said);
  const wait = /(\d{1,5}) ?(s|sec|seconds?|m|min|minutes?)\b/i.exec(said);
  const retryAfterMs = wait ? Math.min(3600, Number(wait[1]) * (/^m/i.test(wait[2]!) ? 60 : 1)) * 1000 : 60_000;
  const text = `the SMTP server put the mail off: ${said}`;
  return limited
    ? new AdapterError('rate-limited', text, { retryAfterMs, scope: toOne ? 'chat' : 'account', cause })
    : new AdapterError('temporary', text, { cause });
}
