'use client';
import type { Message } from '../../lib/api/types';
import { useValue } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

const none: Message[] = [];
/** How long an answer goes where they wrote is not told to the second. */
const stepMs = 60_000;

/** The messages of a conversation, for what is to be written. Those that come in draw anew what the way out depends on. */
export function useHeard(conversationId: string): Message[] {
  const read = () => store.timelines.get(conversationId)?.items ?? none;
  useValue(`t:${conversationId}`, () => saidBy(read()));
  return read();
}

/** What of messages bears on the way out: by which accounts they went, the last one first, and when and where one came. */
export function saidBy(messages: readonly Message[]): string {
  const accounts = new Set<string>();
  for (let at = messages.length - 1; at >= 0; at -= 1) accounts.add(messages[at]?.accountId ?? '');
  const heard = messages.findLast(({ direction }) => direction === 'in');
  const at = heard ? Math.floor(Date.parse(heard.sentAt) / stepMs) : 0;
  return [...accounts, heard?.accountId, at].join(' ');
}
