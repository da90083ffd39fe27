'use client';
import { useEffect } from 'react';
import { useValue } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
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
export function UnreadBadge(): null {
  const unread = useValue('conversations', unreadNow);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Parley` : 'Parley';
    navigator.setAppBadge?.(unread).catch(() => {});
  }, [unread]);
  return null;
}

function unreadNow(): number {
  let sum = 0;
  for (const conversation of store.conversations.values()) sum += badgeOf(conversation);
  return sum;
}
