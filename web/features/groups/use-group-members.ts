'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Conversation, GroupMember } from '../../lib/api/types';
import { useAccounts } from '../../lib/sync/hooks';

export type Members = { items: GroupMember[] | null; error: string | null; reload: () => void };

/** The members of a group and how each is reached; asked anew as the group or the state of an account changes. */
export function useGroupMembers({ id, rev }: Conversation): Members {
  const [items, setItems] = useState<GroupMember[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const states = useAccounts()
    .map((account) => `${account.id}${account.state.is}`)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew whenever one of them changes
  useEffect(() => {
    const stop = new AbortController();
    call('listGroupMembers', { params: { id }, signal: stop.signal }).then(
      (answer) => {
        setItems(answer.items);
        setError(null);
      },
      (caught: unknown) => {
        if (!stop.signal.aborted) setError(messageOf(caught));
      },
    );
    return () => stop.abort();
  }, [id, rev, states, turn]);
  return { items, error, reload: () => setTurn((now) => now + 1) };
}
