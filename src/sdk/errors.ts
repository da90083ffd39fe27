/**
 * What the core does next depends on the kind alone:
 * - `auth`: the adapter says needs-login; the queue is kept and goes on after the next sign-in.
 * - `rate-limited`, `temporary`: tried again, not before `retryAfterMs`.
 * - `rejected`: fails for good, with the message as the reason.
 * - `unknown-outcome`: the write may have happened; retried only where the send is idempotent.
 */
export type AdapterErrorKind = 'auth' | 'rate-limited' | 'temporary' | 'rejected' | 'unknown-outcome';

const BRAND = Symbol.for('parley.adapter-error');

/** Known by a mark, not by its class: an adapter package may bring a copy of this file. */
export class AdapterError extends Error {
  readonly [BRAND] = true;
  readonly kind: AdapterErrorKind;
  readonly retryAfterMs: number | undefined;
  /** What `rate-limited` is about: with `chat`, others of the account may go on. */
  readonly scope: 'account' | 'chat';
  /** Wire messages that went out all the same: what is left of the text must go the same way. */
  readonly partsSent: number;
  /** Login input to mend: field name to what is wrong with it. */
  readonly fields: Record<string, string> | undefined;

  constructor(
    kind: AdapterErrorKind,
    message: string,
    options: {
      retryAfterMs?: number;
      scope?: 'account' | 'chat';
      partsSent?: number;
      fields?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AdapterError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.scope = options.scope ?? 'account';
    this.partsSent = options.partsSent ?? 0;
    this.fields = options.fields;
  }

  static override [Symbol.hasInstance](value: unknown): value is AdapterError {
    return value instanceof Error && BRAND in value;
  }
}
