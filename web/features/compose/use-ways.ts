'use client';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { useAccounts, useUser } from '../../lib/sync/hooks';
import { defaultRouteId, useRoutes } from '../routes/saved';
import type { Choice, Known } from './choice';
import { usualOf } from './usual';
import { type Way, waysIn } from './ways';

/** The ways out of a conversation, and what would be taken without a choice. */
export function useWays(conversation: Conversation, contact: Contact | undefined, messages: Message[]): Known {
  const accounts = useAccounts();
  useUser();
  const routes = useRoutes().routes ?? [];
  const ways = waysIn(conversation, contact, accounts);
  const standing = { conversation, contact, messages, ways, routes, defaultRouteId: defaultRouteId(), now: Date.now() };
  return { ways, routes, usual: usualOf(standing) };
}

/** Where nothing is chosen: to people as usual, in a room where the last word came from. */
export function defaultChoice(conversation: Conversation, messages: Message[], ways: Way[]): Choice {
  if (conversation.kind === 'direct' || conversation.group) return { is: 'usual' };
  const last = messages.at(-1);
  const way = ways.find((one) => one.account.id === last?.accountId) ?? ways[0];
  return way ? { is: 'account', accountId: way.account.id } : { is: 'usual' };
}
