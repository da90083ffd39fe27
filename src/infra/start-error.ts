/**
 * A start that cannot go on, for a reason a person can mend. The message is what they read: one line per mistake,
 * naming the thing and what to do. The entry point prints it to stderr and exits with 1; no stack, no log line.
 */
export class StartError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StartError';
  }
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE` ...) or of a PostgreSQL one (`28P01` ...), where there is one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The first line of what an error says, for use inside a one-line message. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? error.message || (errorCode(error) ?? error.name) : String(error);
  return text.split('\n', 1)[0] ?? text;
}
