'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { useVersion } from '../../lib/sync/hooks';
import { markedInCopy, rememberMarked } from '../../lib/sync/local';
import { watchStarred } from '../../lib/sync/marked';

const pageSize = 50;
const settleMs = 300;

/** Starred messages page by page; what was seen is asked for anew as marks change. */
export function useStarred() {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  const shown = useRef(pageSize);
  const version = useVersion('starred');
  const load = useCallback(async (which?: 'more') => {
    setLoading(true);
    if (which) shown.current += pageSize;
    try {
      const items: Message[] = [];
      let next: string | null | undefined;
      do {
        const query = { limit: Math.min(200, shown.current - items.length), ...(next ? { cursor: next } : {}) };
        const page = await call('listStarred', { query });
        items.push(...page.items);
        next = page.nextCursor;
      } while (next && items.length < shown.current);
      rememberMarked(items);
      setMessages(items);
      watchStarred(new Set(items.map((one) => one.id)));
      setCursor(next ?? null);
      setError(null);
    } catch (caught) {
      // What this browser keeps can be read without the server.
      const kept = (await markedInCopy()).filter((one) => one.starred === true);
      if (kept.length > 0) setMessages((before) => before ?? kept);
      setError(messageOf(caught));
    } finally {
      setLoading(false);
    }
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void load(), version === 0 ? 0 : settleMs);
    return () => clearTimeout(timer);
  }, [version, load]);
  return { messages, more: cursor !== null, error, loading, load };
}
