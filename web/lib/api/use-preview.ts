'use client';
import { useEffect, useState } from 'react';
import { useLatest } from '../use-latest';
import { messageOf } from './client';
import type { Preview } from './types';

export type Previewed<P = Preview> = { preview: P | null; busy: boolean; error: string | null };

type Ask<B, P> = (body: B, signal: AbortSignal) => Promise<P>;

/**
 * What each would get, by which way; asked anew once the writer has rested for `settleMs`. The last answer stays while the
 * next is on its way.
 */
export function usePreview<B, P>(body: B | null, ask: Ask<B, P>, settleMs: number): Previewed<P> {
  const [state, setState] = useState<Previewed<P>>({ preview: null, busy: false, error: null });
  const latest = useLatest({ body, ask });
  const key = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (key === null) return setState({ preview: null, busy: false, error: null });
    const stop = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      const { body, ask } = latest.current;
      if (body === null) return;
      ask(body, stop.signal).then(
        (preview) => setState({ preview, busy: false, error: null }),
        (error: unknown) => {
          if (!stop.signal.aborted) setState({ preview: null, busy: false, error: messageOf(error) });
        },
      );
    }, settleMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, settleMs]);
  return state;
}
