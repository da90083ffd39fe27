import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { AdapterError, type Clock } from '../../sdk/index.js';
import { reasonOf, type Where } from './reasons.js';
import type { Settings } from './settings.js';
import { tlsOptions } from './trust.js';

export type Envelope = { from: string; to: string[] };
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

  constructor(
    private readonly settings: Settings,
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
    const { username, password } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.#connection.once('error', reject);
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
    if (this.#connection.allowsAuth) {
      await new Promise<void>((resolve, reject) => {
        const auth = { user: username, pass: password };
        this.#connection.login({ ...auth, credentials: auth }, (error) => (error ? reject(error) : resolve()));
      });
    }
    const info = await new Promise<{ response: string; rejectedErrors?: unknown[] | undefined }>((resolve, reject) => {
      this.#connection.send({ ...envelope, use8BitMime: false }, source, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
    return { reply: info.response.slice(0, 500), refused: (info.rejectedErrors ?? []).map(refusalOf) };
  }

  #explain(error: unknown): AdapterError {
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

/** 4yz: greylisting and rate limits say in words how long to stay away, if at all. */
function postponed(code: number, said: string, cause: unknown): AdapterError {
  const limited = code === 421 || code === 452 || /rate|too many|throttl|limit|grey|gray|try again/i.test(said);
  const wait = /(\d{1,5}) ?(s|sec|seconds?|m|min|minutes?)\b/i.exec(said);
  const retryAfterMs = wait ? Math.min(3600, Number(wait[1]) * (/^m/i.test(wait[2]!) ? 60 : 1)) * 1000 : 60_000;
  const text = `the SMTP server put the mail off: ${said}`;
  return limited
    ? new AdapterError('rate-limited', text, { retryAfterMs, cause })
    : new AdapterError('temporary', text, { cause });
}
