'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { useVersion } from '../../lib/sync/hooks';
import { useNow } from '../../ui/use-now';

const settleMs = 300;

/** Messages that wait for their time, as the server has them; looked at again as conversations change and time goes on. */
export function useScheduled() {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [more, setMore] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const conversations = useVersion('conversations');
  const now = useNow(20_000);
  const load = useCallback(async () => {
    try {
      const page = await call('listScheduled', { query: { limit: 200 } });
      setMessages(page.items);
      setMore(page.nextCursor !== null);
      setError(null);
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: both stand for what may have changed
  useEffect(() => {
    const timer = setTimeout(() => void load(), settleMs);
    return () => clearTimeout(timer);
  }, [conversations, now, load]);
  return { messages, more, error, load };
}
