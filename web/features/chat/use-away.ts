'use client';
import { useEffect } from 'react';
import type { Conversation } from '../../lib/api/types';
import { useAccounts } from '../../lib/sync/hooks';
import { retryOlder } from '../../lib/sync/load';
import { store } from '../../lib/sync/store';

/** Names of the conversation's accounts that are not connected. Once one is back, the past is asked for again. */
export function useAway({ id, chats }: Conversation): string[] {
  const mine = new Set(chats.map((chat) => chat.accountId));
  const away = useAccounts()
    .filter((account) => mine.has(account.id))
    .filter(({ state }) => state.is !== 'online' && state.is !== 'backfilling')
    .map((account) => account.name);
  const count = away.length;
  useEffect(() => {
    if (count < mine.size && store.timelines.get(id)?.history === 'unavailable') retryOlder(id);
  }, [count, mine.size, id]);
  return away;
}
