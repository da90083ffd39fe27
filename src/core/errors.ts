/** Decides the HTTP status; `code` is stable and for programs, `message` says to a person what to do. */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'forbidden'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'limited'
  | 'unavailable';

export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  /** Input to mend: field name to what is wrong with it. */
  readonly fields: Record<string, string> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { fields?: Record<string, string>; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.fields = options.fields;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Another user's row is as unknown as one that never was. */
export const notFound = (what: string) =>
  new DomainError('not-found', `${what.replaceAll(' ', '-')}-not-found`, `There is no such ${what}.`);
