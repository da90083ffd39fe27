import type { Clock } from './log.js';

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

/** Tries again until it succeeds, or until we stop: undefined then. */
export async function persist<T>(
  work: () => Promise<T>,
  { clock, signal, onError }: { clock: Clock; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<T | undefined> {
  for (let wait = AGAIN_MS.first; ; wait = Math.min(wait * 2, AGAIN_MS.longest)) {
    try {
      return await work();
    } catch (error) {
      onError(error);
      if (signal.aborted) return undefined;
      await pause(clock, wait, signal);
    }
  }
}
