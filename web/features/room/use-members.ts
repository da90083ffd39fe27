'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Member } from '../../lib/api/types';

const pageSize = 1000;
const mostPages = 20;

export type Members = { items: Member[]; loading: boolean; error: string | null; reload: () => void };

/** Everybody in a room, page after page: what is there already can be searched meanwhile. */
export function useMembers(conversationId: string, chatId: string): Members {
  const [items, setItems] = useState<Member[]>([]);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const all: Member[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < mostPages; pages += 1) {
        const query = { chatId, limit: pageSize, cursor };
        const page = await call('listMembers', { params: { id: conversationId }, query, signal: stop.signal });
        if (stop.signal.aborted) return;
        all.push(...page.items);
        setItems([...all]);
        if (!page.nextCursor) return;
        cursor = page.nextCursor;
      }
    };
    setLoading(true);
    setError(null);
    load()
      .catch((caught: unknown) => {
        if (!stop.signal.aborted) setError(messageOf(caught));
      })
      .finally(() => {
        if (!stop.signal.aborted) setLoading(false);
      });
    return () => stop.abort();
  }, [conversationId, chatId, turn]);
  return { items, loading, error, reload: () => setTurn((now) => now + 1) };
}
