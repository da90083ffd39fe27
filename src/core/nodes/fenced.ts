import { DomainError } from '../errors.js';

/** The user is held by another process, or by none: what was to be written was rolled back, whole. */
export class FencedError extends DomainError {
  constructor(cause?: unknown) {
    super('unavailable', 'user-moved', 'Another server is taking over. Try again in a moment.', {
      retryAfterMs: 1_000,
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = 'FencedError';
  }
}
