import type { Conversation } from './api/types';

/** As in the list: pinned ones first, then the last active one. */
export const compareChats = (a: Conversation, b: Conversation): number =>
  Number(b.pinned) - Number(a.pinned) ||
  (a.lastActiveAt < b.lastActiveAt ? 1 : a.lastActiveAt > b.lastActiveAt ? -1 : a.id < b.id ? -1 : 1);

export type Part = 'requests' | 'open' | 'snoozed' | 'archived';

/** Which part of the list a conversation stands in. */
export function partOf({ archived, request, snoozedUntil }: Conversation, now: number): Part {
  if (archived) return 'archived';
  if (request === 'pending') return 'requests';
  return snoozedUntil !== null && Date.parse(snoozedUntil) > now ? 'snoozed' : 'open';
}
