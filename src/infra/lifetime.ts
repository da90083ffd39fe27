import { setTimeout as sleep } from 'node:timers/promises';
import { errorLine, StartError } from './start-error.js';

/** What a starting server is given: when to give up, and where to leave what must be undone. */
export type Lifetime = {
  /** Aborted as soon as the process is asked to end, also while it still starts. */
  readonly signal: AbortSignal;
  /** Runs at the end, the last one first; each has 10 s. */
  onStop(name: string, stop: () => Promise<void> | void): void;
  /** Ends the process with this as the reason. */
  fail(error: unknown): void;
};

type Undo = { name: string; stop: () => Promise<void> | void };

const STOP_MS = 10_000;
const REPEAT_MS = 2_000;
const EXIT_FAILED = 1;

/**
 * Runs a server until it is asked to end: SIGTERM, SIGINT, SIGHUP, or the loss of the process that started it (its
 * IPC channel closes). Then, as after a start that fails, everything left with `onStop` is undone and the process
 * ends: with 0 when it was asked to, with 1 after a failure. A `StartError` is printed as it is, without a stack.
 */
export async function runServer(start: (lifetime: Lifetime) => Promise<void>): Promise<never> {
  const ending = new AbortController();
  const undo: Undo[] = [];
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    ending.abort();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  listenForEnd(ending);
  const asked = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
  try {
    await start({ signal: ending.signal, onStop: (name, stop) => undo.push({ name, stop }), fail });
    await asked;
  } catch (error) {
    if (!ending.signal.aborted) failure ??= error;
  }
  if (failure !== undefined) process.stderr.write(`${described(failure)}\n`);
  await undoAll(undo);
  process.exit(failure === undefined ? 0 : EXIT_FAILED);
}

/**
 * A terminal's Ctrl-C reaches both us and the process that passes it on, so repeats within two seconds count once.
 * After that a repeat means now; the database has a watchdog of its own.
 */
function listenForEnd(ending: AbortController): void {
  let askedAt: number | undefined;
  const ask = (): void => {
    askedAt ??= performance.now();
    if (performance.now() - askedAt > REPEAT_MS) process.exit(EXIT_FAILED);
    ending.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, ask);
  if (process.channel === undefined || process.channel === null) return;
  process.once('disconnect', () => ending.abort());
  process.channel.unref();
}

async function undoAll(undo: readonly Undo[]): Promise<void> {
  for (const { name, stop } of undo.toReversed()) {
    const timer = new AbortController();
    try {
      const late = sleep(STOP_MS, 'late', { signal: timer.signal }).catch(() => undefined);
      if ((await Promise.race([stop(), late])) === 'late') process.stderr.write(`${name} did not stop in time\n`);
    } catch (error) {
      process.stderr.write(`${name} did not stop cleanly: ${errorLine(error)}\n`);
    } finally {
      timer.abort();
    }
  }
}

function described(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
