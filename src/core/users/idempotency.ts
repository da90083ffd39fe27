/** What a key stands for: `request` is a digest over method, path and body. */
export type IdempotentRequest = { userId: string; key: string; request: Uint8Array };
export type StoredAnswer = { status: number; body: unknown };

/** `run`: the caller does the work, then says `finish` or `release`. */
export type Claim =
  | { is: 'run' }
  | { is: 'answered'; answer: StoredAnswer }
  | { is: 'running'; retryAfterMs: number }
  | { is: 'reused' };

/** Remembers for 24 hours which keys have been used, and what was answered. */
export interface IdempotencyStore {
  /** A key that nobody works on any more, after a crash or an `abandon`, is free again. */
  claim(request: IdempotentRequest): Promise<Claim>;
  finish(request: IdempotentRequest, answer: StoredAnswer): Promise<void>;
  /** The work was refused and changed nothing: the key is free again. */
  release(request: IdempotentRequest): Promise<void>;
  /** Nobody knows how far the work came: whoever repeats it does it again, and finds what was made once. */
  abandon(request: IdempotentRequest): void;
}
