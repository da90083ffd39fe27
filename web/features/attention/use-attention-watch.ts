'use client';
import { useEffect } from 'react';
import { useConversations } from '../../lib/sync/hooks';
import { badgeOf } from './state';

/** Not before the first screen is there. */
const afterMs = 1200;

/** Begins to tell of what comes in. */
export function useAttentionWatch(): void {
  useEffect(() => {
    let end: (() => void) | undefined;
    const timer = setTimeout(() => {
      import('./watch').then(
        ({ watchAttention }) => {
          end = watchAttention();
        },
        () => {},
      );
    }, afterMs);
    return () => {
      clearTimeout(timer);
      end?.();
    };
  }, []);
}

/** The window's title and the program's badge say how much is unread. */
export function useUnreadBadge(): void {
  const unread = useConversations().reduce((sum, conversation) => sum + badgeOf(conversation), 0);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Parley` : 'Parley';
    navigator.setAppBadge?.(unread).catch(() => {});
  }, [unread]);
}
