'use client';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { isLooked, onLook } from '../../lib/sync/looking';
import { store } from '../../lib/sync/store';
import { usePane } from '../shell/pane-context';
import { firstUnread } from './arrange';
import { patchSeen } from './patch-chat';

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
 * stands. The line stays while the conversation is open, until later news came unseen. `visit` grows each time a
 * conversation that only stayed ready is shown again.
 */
export function useAttention(
  conversation: Conversation,
  items: Message[],
  version: number,
  atEnd: boolean,
  /** The messages end with the newest the server has. */
  ready: boolean,
): { line: NewLine; setLine: (line: NewLine) => void; visit: number } {
  const looked = useLooked();
  const [line, setLine] = useState<NewLine>(() => lineOf(conversation, ready ? items : none));
  const [seen, setSeen] = useState<string | null>(null);
  const [started, setStarted] = useState(ready);
  const [visit, setVisit] = useState(0);
  const { seen: visible } = usePane();
  const opened = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time it is shown
  useLayoutEffect(() => {
    // It may not have been drawn for what was read elsewhere meanwhile.
    const { id } = conversation;
    const timeline = store.timelines.get(id);
    const now = timeline?.fresh && timeline.atLatest ? timeline.items : none;
    const next = lineOf(store.conversations.get(id) ?? conversation, now);
    if (opened.current && (next.count > 0 || line.count > 0 || !atEnd)) {
      setLine(next);
      setSeen(null);
      setStarted(ready);
      setVisit((now) => now + 1);
    }
    opened.current = true;
  }, []);
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
    const timer = setTimeout(() => void patchSeen(id, { readMessageId: newest }), settleMs);
    return () => clearTimeout(timer);
  }, [attentive, newest, unread, id]);
  return { line, setLine, visit };
}
