import type { Account, Conversation, RoutePolicy, SavedRoute, SendBody } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import type { Usual } from './usual';
import { bestPerChannel, channelName, type Way } from './ways';

/** How a message leaves: as what stands for the conversation says, by one account, or by a route of its own. */
export type Choice =
  | { is: 'usual' }
  | { is: 'account'; accountId: string }
  | { is: 'saved'; routeId: string }
  | { is: 'policy'; policy: RoutePolicy };

/** What the choices are made from. */
export type Known = { ways: Way[]; usual: Usual; routes: SavedRoute[] };

/** The ways a choice uses, in order. */
export function waysOf(choice: Choice, { ways, usual, routes }: Known): Way[] {
  if (choice.is === 'account') return ways.filter((way) => way.account.id === choice.accountId).slice(0, 1);
  if (choice.is === 'usual') return usual.route ? waysBy(usual.route.policy, ways) : usual.way ? [usual.way] : [];
  const policy = policyOf(choice, routes);
  return policy ? waysBy(policy, ways) : [];
}

export const policyOf = (choice: Choice, routes: SavedRoute[]): RoutePolicy | undefined =>
  choice.is === 'policy'
    ? choice.policy
    : choice.is === 'saved'
      ? routes.find((one) => one.id === choice.routeId)?.policy
      : undefined;

function waysBy({ steps }: RoutePolicy, ways: Way[]): Way[] {
  const wanted = [...new Set(steps.flatMap((step) => step.channels))];
  const best = bestPerChannel(ways);
  return wanted.flatMap((channel) => best.find((way) => way.channel === channel) ?? []);
}

/** Where the message goes by the API: nothing to say as usual, and in a room with one chat. */
export function targetOf(choice: Choice, conversation: Conversation): Pick<SendBody, 'via' | 'route'> {
  if (conversation.kind !== 'direct' && conversation.chats.length === 1) return {};
  switch (choice.is) {
    case 'usual':
      return {};
    case 'account':
      return { via: choice.accountId };
    case 'saved':
      return { route: { id: choice.routeId } };
    case 'policy':
      return { route: choice.policy };
  }
}

/** The choice a message was sent with. */
export function choiceOf({ via, route }: SendBody): Choice {
  if (via !== undefined) return { is: 'account', accountId: via };
  if (route && 'id' in route) return { is: 'saved', routeId: route.id };
  if (route && 'steps' in route) return { is: 'policy', policy: route };
  return { is: 'usual' };
}

export function choiceLabel(choice: Choice, { ways, usual, routes }: Known): string {
  switch (choice.is) {
    case 'usual':
      return usual.route?.name ?? usual.way?.account.name ?? t('compose.as-usual');
    case 'account':
      return accountOf(choice.accountId, ways)?.name ?? t('compose.choose');
    case 'saved':
      return routes.find((one) => one.id === choice.routeId)?.name ?? t('compose.saved-route');
    case 'policy':
      return policyLabel(choice.policy);
  }
}

const accountOf = (id: string, ways: Way[]): Account | undefined => ways.find((one) => one.account.id === id)?.account;

/** In short: "IM + email + SMS", "IM, then SMS". */
export function policyLabel({ steps }: RoutePolicy): string {
  const text = steps
    .map(({ channels, pick }) =>
      channels.map((one) => channelName[one]).join(pick === 'first' ? ` ${t('compose.or')} ` : ' + '),
    )
    .join(t('compose.then'));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Every channel at once, and one after the other until it has arrived: of the channels this person has. */
export function quickPolicies(ways: Way[]): { about: string; policy: RoutePolicy }[] {
  const channels = bestPerChannel(ways).map((way) => way.channel);
  if (channels.length < 2) return [];
  const waits = { unless: 'delivered' as const, within: 'PT5M' };
  return [
    { about: t('compose.every-channel'), policy: { steps: [{ channels, pick: 'all' }] } },
    {
      about: t('compose.next-if-silent'),
      policy: { steps: channels.map((channel, index) => ({ channels: [channel], ...(index > 0 ? waits : {}) })) },
    },
  ];
}

export type ViaProps = {
  conversation: Conversation;
  choice: Choice;
  known: Known;
  onChoose: (choice: Choice) => void;
  onOwnRoute: () => void;
};
