'use client';
import { useEffect, useRef, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { BodyInput, Preview } from '../../lib/api/types';

const settleMs = 500;
const limitMs = 60_000;

export type Previewed = { preview: Preview | null; busy: boolean; error: string | null };

/** What each would get, by which way; asked anew once the writer rests. The last one stays while the next is on its way. */
export function usePreview(body: BodyInput<'previewMany'> | null): Previewed {
  const [state, setState] = useState<Previewed>({ preview: null, busy: false, error: null });
  const latest = useRef(body);
  latest.current = body;
  const key = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (key === null) return setState({ preview: null, busy: false, error: null });
    const stop = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      if (!latest.current) return;
      call('previewMany', { body: latest.current, signal: stop.signal, limitMs }).then(
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
  }, [key]);
  return state;
}
