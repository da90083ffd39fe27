'use client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { firstUnread } from './arrange';
import { patchChat } from './chat-head';

const isLooked = () => document.visibilityState === 'visible' && document.hasFocus();

function onLook(listener: () => void): () => void {
  for (const name of ['focus', 'blur']) window.addEventListener(name, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const name of ['focus', 'blur']) window.removeEventListener(name, listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

/** True while a person looks at the page. */
const useLooked = (): boolean => useSyncExternalStore(onLook, isLooked, () => false);

const settleMs = 400;

/**
 * What the person has seen: tells the server once the newest message is in view, and answers the message the
 * "new" line stands above. The line stays while the conversation is open, until later news came unseen.
 */
export function useAttention(
  conversation: Conversation,
  items: Message[],
  version: number,
  atEnd: boolean,
  /** The messages end with the newest the server has. */
  ready: boolean,
): string | null {
  const looked = useLooked();
  const [newFrom, setNewFrom] = useState<string | null>(() => (ready ? firstUnread(items, conversation.unread) : null));
  const [seen, setSeen] = useState<string | null>(null);
  const [started, setStarted] = useState(ready);
  const attentive = looked && atEnd;
  const newest = items.at(-1)?.id ?? null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  useEffect(() => {
    if (newest === null || !ready) return;
    if (!started) {
      setStarted(true);
      setNewFrom(firstUnread(items, conversation.unread));
    }
    if (attentive) setSeen(newest);
    else if (seen !== null && seen !== newest) {
      const after = items.slice(items.findIndex((item) => item.id === seen) + 1);
      const first = after.find((item) => item.direction === 'in');
      if (first) {
        setNewFrom(first.id);
        setSeen(null);
      }
    }
  }, [version, attentive, newest, ready]);

  // Of a request nothing is told to its sender.
  const { id } = conversation;
  const unread = conversation.request === 'none' ? conversation.unread : 0;
  useEffect(() => {
    if (!attentive || newest === null || unread === 0) return;
    const timer = setTimeout(() => void patchChat(id, { readMessageId: newest }), settleMs);
    return () => clearTimeout(timer);
  }, [attentive, newest, unread, id]);
  return newFrom;
}
