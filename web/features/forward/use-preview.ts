'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Answer, Message } from '../../lib/api/types';

export type ForwardPreview =
  | { is: 'none' }
  | { is: 'asking' }
  | { is: 'there'; items: Answer<'previewForward'>['items'] }
  | { is: 'failed'; why: string };

const settleMs = 250;

/** What each chosen place would get of a message, asked for anew as the choice changes. */
export function useForwardPreview(
  message: Message | undefined,
  chosen: ReadonlySet<string>,
  text: string,
  named: boolean,
): ForwardPreview {
  const [found, setFound] = useState<ForwardPreview>({ is: 'none' });
  const id = message?.id;
  useEffect(() => {
    if (id === undefined || chosen.size === 0) return setFound({ is: 'none' });
    const stop = new AbortController();
    setFound((now) => (now.is === 'there' ? now : { is: 'asking' }));
    const body = { conversationIds: [...chosen], named, ...(text.trim() ? { text: text.trim() } : {}) };
    const timer = setTimeout(() => {
      call('previewForward', { params: { id }, body, signal: stop.signal }).then(
        ({ items }) => setFound({ is: 'there', items }),
        (error: unknown) => {
          if (!stop.signal.aborted) setFound({ is: 'failed', why: messageOf(error) });
        },
      );
    }, settleMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, chosen, text, named]);
  return found;
}
