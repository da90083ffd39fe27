'use client';
import { useEffect, useState } from 'react';
import { messageOf } from '../../lib/api/client';
import type { Conversation, Message } from '../../lib/api/types';
import { useStore } from '../../lib/sync/hooks';
import { loadPins } from '../../lib/sync/marked';
import { store } from '../../lib/sync/store';

const none: Message[] = [];

/** The pinned messages of a conversation, the one pinned last first; null while they are asked for. */
export function usePins({ id, pins }: Conversation): { items: Message[] | null; error: string | null } {
  const known = useStore(`pins:${id}`, () => store.pins.get(id), [id]);
  const [error, setError] = useState<string | null>(null);
  const behind = known?.length !== pins;
  useEffect(() => {
    if (!behind || pins === 0) return;
    loadPins(id).then(
      () => setError(null),
      (caught: unknown) => setError(messageOf(caught)),
    );
  }, [id, pins, behind]);
  return { items: pins === 0 ? none : (known ?? null), error };
}
