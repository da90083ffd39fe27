'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { searchLocal } from '../../lib/sync/search';
import type { Hit } from './hits';

const most = 12;
const pauseMs = 200;

/** Messages with these words: those this browser has at once, all others as the server finds them. */
export function useMessageHits(query: string): Hit[] {
  const [found, setFound] = useState<Message[]>([]);
  const text = query.trim();
  useEffect(() => {
    if (text.length < 2) return setFound([]);
    const stop = new AbortController();
    const { signal } = stop;
    searchLocal(text, most, signal)
      .then((own) => !signal.aborted && setFound(own))
      .catch(() => {});
    const timer = setTimeout(() => {
      call('search', { query: { q: text, limit: most }, signal })
        .then((page) => setFound((own) => joined(page.items, own)))
        .catch(() => {});
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found.map((message) => ({ is: 'message', key: message.id, message }));
}

function joined(theirs: Message[], own: Message[]): Message[] {
  const byId = new Map([...own, ...theirs].map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => (a.sentAt < b.sentAt ? 1 : -1)).slice(0, most);
}
