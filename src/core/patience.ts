import type { Clock } from './log.js';
import { FencedError } from './nodes/fenced.js';

/** Resolves after a while, or as soon as `signal` says. Answers false, so that it can be told from work it races. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve(false);
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

const AGAIN_MS = { first: 500, longest: 15_000 };

/** How long to wait after so many failures in a row, of which there is at least one, in ms. */
export const againAfter = (failures: number): number =>
  Math.min(AGAIN_MS.first * 2 ** (failures - 1), AGAIN_MS.longest);

/** Tries again until it succeeds, or until we stop or another process writes in our place: undefined then. */
export async function persist<T>(
  work: () => Promise<T>,
  { clock, signal, onError }: { clock: Clock; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<T | undefined> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      onError(error);
      if (signal.aborted || error instanceof FencedError) return undefined;
      await pause(clock, againAfter(failures), signal);
    }
  }
}
