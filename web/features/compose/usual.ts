import type { Contact, Conversation, Message, PresenceState, SavedRoute } from '../../lib/api/types';
import type { Way } from './ways';

/** An answer goes where they wrote so lately. */
const stickyMs = 10 * 60_000;
const rank: Record<PresenceState, number> = { online: 0, away: 1, dnd: 2, unknown: 3, offline: 4 };

/** What a message is sent by that asks for nothing: a route, or one way; and what says so. */
export type Usual = {
  from: 'conversation' | 'contact' | 'profile' | 'rule';
  route?: SavedRoute;
  way?: Way;
  /** The account that stands for the conversation is not to be had now. */
  released?: boolean;
};

type Standing = {
  conversation: Conversation;
  contact: Contact | undefined;
  messages: Message[];
  ways: Way[];
  routes: SavedRoute[];
  defaultRouteId: string | null;
  now: number;
};

/** As the server chooses; the preview is what it says itself. */
export function usualOf(standing: Standing): Usual {
  const { conversation, contact, ways, routes, defaultRouteId } = standing;
  const forced = ways.find((way) => way.account.id === conversation.via);
  if (forced && isToBeHad(forced)) return { from: 'conversation', way: forced };
  const released = conversation.via ? { released: true } : {};
  const named = (id: string | null | undefined) => routes.find((one) => one.id === id);
  const ofConversation = named(conversation.routeId);
  if (ofConversation) return { from: 'conversation', route: ofConversation, ...released };
  const ofContact = named(contact?.routeId);
  if (ofContact) return { from: 'contact', route: ofContact, ...released };
  const ofProfile = named(defaultRouteId);
  if (ofProfile && leadsThere(ofProfile, ways)) return { from: 'profile', route: ofProfile, ...released };
  const way = byRule(standing);
  return { from: 'rule', ...(way ? { way } : {}), ...released };
}

export const isConnected = ({ account }: Way): boolean =>
  account.state.is === 'online' || account.state.is === 'backfilling';
const isToBeHad = (way: Way): boolean => isConnected(way) && way.presence !== 'offline';

const leadsThere = ({ policy }: SavedRoute, ways: Way[]): boolean =>
  ways.some((way) => !way.closed && policy.steps.some(({ channels }) => channels.includes(way.channel)));

function byRule({ ways, messages, now }: Standing): Way | undefined {
  const open = ways.some((way) => !way.closed) ? ways.filter((way) => !way.closed) : ways;
  const heard = messages.findLast((message) => message.direction === 'in');
  if (heard && now - Date.parse(heard.sentAt) <= stickyMs) {
    const there = open.find((way) => way.account.id === heard.accountId && isToBeHad(way));
    if (there) return there;
  }
  const usedAt = (way: Way) => messages.findLastIndex((message) => message.accountId === way.account.id);
  return [...open].sort(
    (a, b) =>
      Number(isConnected(b)) - Number(isConnected(a)) ||
      Number(a.buddyId === null) - Number(b.buddyId === null) ||
      rank[a.presence] - rank[b.presence] ||
      usedAt(b) - usedAt(a),
  )[0];
}
