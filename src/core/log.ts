export type { Clock, Log } from '../sdk/index.js';

import type { Clock } from '../sdk/index.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
