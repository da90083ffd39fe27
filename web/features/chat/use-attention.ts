'use client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { isLooked, onLook } from '../../lib/sync/looking';
import { usePane } from '../shell/pane-context';
import { firstUnread } from './arrange';
import { patchChat } from './patch-chat';

const none: Message[] = [];

/** True while a person looks at the page. */
const useLooked = (): boolean => useSyncExternalStore(onLook, isLooked, () => false);

const settleMs = 400;

/** Where the "new" line stands; `from` is null while its message is not in memory. */
export type NewLine = { from: string | null; count: number; after: string | null };

const lineOf = ({ unread, readMessageId }: Conversation, items: Message[]): NewLine => ({
  from: firstUnread(items, unread),
  count: unread,
  after: readMessageId,
});

/**
 * What the person has seen: tells the server once the newest message is in view, and answers where the "new" line
 * stands. The line stays while the conversation is open, until later news came unseen.
 */
export function useAttention(
  conversation: Conversation,
  items: Message[],
  version: number,
  atEnd: boolean,
  /** The messages end with the newest the server has. */
  ready: boolean,
): [NewLine, (line: NewLine) => void] {
  const looked = useLooked();
  const [line, setLine] = useState<NewLine>(() => lineOf(conversation, ready ? items : none));
  const [seen, setSeen] = useState<string | null>(null);
  const [started, setStarted] = useState(ready);
  const { seen: visible } = usePane();
  const attentive = looked && visible && atEnd;
  const newest = items.at(-1)?.id ?? null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  useEffect(() => {
    if (newest === null || !ready) return;
    if (!started) {
      setStarted(true);
      setLine(lineOf(conversation, items));
    }
    if (attentive) setSeen(newest);
    else if (seen !== null && seen !== newest) {
      const at = items.findIndex((item) => item.id === seen);
      const after = items.slice(at + 1).filter((item) => item.direction === 'in');
      const first = at < 0 ? firstUnread(items, conversation.unread) : after[0]?.id;
      if (first) {
        setLine({ from: first, count: at < 0 ? conversation.unread : after.length, after: seen });
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
  return [line, setLine];
}
