import type { Conversation, Message, SendBody } from '../../lib/api/types';
import { bestPerChannel, channelName, type Way } from './ways';

export type Mode = 'first' | 'all' | 'fallback';

/** How a message leaves: by one account, or by a route over the channels the person has. */
export type Choice = { is: 'account'; accountId: string } | { is: 'route'; mode: Mode };

/** Terms of a fallback: the next step is left out once the one before has proven `unless` within `minutes`. */
export type Terms = { unless: 'delivered' | 'read'; minutes: number };
export const defaultTerms: Terms = { unless: 'delivered', minutes: 5 };

/** The answer goes back where the last word came from, unless the person chose otherwise. */
export function defaultChoice(conversation: Conversation, messages: Message[], ways: Way[]): Choice {
  const last = messages.findLast((message) => message.direction === 'in') ?? messages.at(-1);
  const accountId =
    ways.find((way) => way.account.id === last?.accountId)?.account.id ??
    ways.find((way) => conversation.chats.some((chat) => chat.accountId === way.account.id))?.account.id ??
    ways[0]?.account.id;
  return accountId ? { is: 'account', accountId } : { is: 'route', mode: 'first' };
}

/** The ways a choice uses, in order. */
export function waysOf(choice: Choice, ways: Way[]): Way[] {
  if (choice.is === 'account') {
    const way = ways.find((one) => one.account.id === choice.accountId);
    return way ? [way] : [];
  }
  return bestPerChannel(ways);
}

/** Where the message goes by the API: nothing to say in a room with one chat. */
export function targetOf(
  choice: Choice,
  terms: Terms,
  ways: Way[],
  conversation: Conversation,
): Pick<SendBody, 'via' | 'route'> {
  if (conversation.kind !== 'direct' && conversation.chats.length === 1) return {};
  if (choice.is === 'account') return { via: choice.accountId };
  const channels = bestPerChannel(ways).map((way) => way.channel);
  if (channels.length === 0) return {};
  if (choice.mode !== 'fallback') return { route: { mode: choice.mode, channels } };
  return { route: { mode: 'fallback', channels, unless: terms.unless, within: `PT${terms.minutes}M` } };
}

export function choiceLabel(choice: Choice, ways: Way[]): string {
  if (choice.is === 'account') {
    const way = ways.find((one) => one.account.id === choice.accountId);
    return way?.account.name ?? 'Choose';
  }
  return routeLabel(choice.mode, ways);
}

export function routeLabel(mode: Mode, ways: Way[]): string {
  const names = bestPerChannel(ways).map((way) => channelName[way.channel]);
  if (mode === 'first') return 'Best available';
  const text = names.join(mode === 'all' ? ' + ' : ', then ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
