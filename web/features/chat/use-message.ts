'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

/** A message as the timeline has it, else as the server does: it may be far back, or in another conversation. */
export function useMessage(conversationId: string, messageId: string): Message | undefined {
  const known = useStore(`t:${conversationId}`, () => store.timelines.get(conversationId)?.get(messageId), [
    conversationId,
    messageId,
  ]);
  const [fetched, setFetched] = useState<Message | undefined>();
  const absent = known === undefined;
  useEffect(() => {
    if (!absent) return;
    const stop = new AbortController();
    call('getMessage', { params: { id: messageId }, signal: stop.signal }).then(setFetched, () => {});
    return () => stop.abort();
  }, [messageId, absent]);
  return known ?? fetched;
}
