import type { Candidate } from './candidate.js';
import { describe } from './describe.js';
import { policyOf } from './normalise.js';
import type { RoutePolicy, ShortRoute } from './policy.js';

export type Named = { policy: RoutePolicy; name: string };

/** What stands for one person: the account forced for the conversation, and saved routes, the nearest first. */
export type Standing = {
  via?: string | undefined;
  conversation?: Named | undefined;
  contact?: Named | undefined;
  profile?: Named | undefined;
};

/** What one message asks for; a saved route has been looked up. */
export type Asked = { via?: string | undefined; route?: ShortRoute | RoutePolicy | Named | undefined };

type From = 'message' | 'conversation' | 'contact' | 'profile' | 'rule';

/** By what a message finds its person, and who says so. */
export type Directions =
  | { by: 'via'; from: 'message' | 'conversation'; accountId: string }
  | { by: 'route'; from: Exclude<From, 'rule'>; policy: RoutePolicy; name?: string | undefined }
  | { by: 'rule'; from: 'rule' };

export type Chosen = {
  directions: Directions;
  /** The account that was forced for the conversation is not to be had there any more. */
  released: boolean;
};

/**
 * The message's own wish goes before what stands for the conversation, then the contact, then the profile, then the rule.
 * A profile's route that has no way at all to somebody is passed over: it was not made for them.
 */
export function choose(ways: readonly Candidate[], asked: Asked, standing: Standing): Chosen {
  const released = standing.via !== undefined && !isToBeHad(ways, standing.via);
  return { directions: directionsOf(ways, asked, standing, released), released };
}

function directionsOf(
  ways: readonly Candidate[],
  { via, route }: Asked,
  standing: Standing,
  released: boolean,
): Directions {
  if (via !== undefined) return { by: 'via', from: 'message', accountId: via };
  if (route) return { by: 'route', from: 'message', ...writtenOut(route) };
  if (standing.via !== undefined && !released) return { by: 'via', from: 'conversation', accountId: standing.via };
  if (standing.conversation) return { by: 'route', from: 'conversation', ...standing.conversation };
  if (standing.contact) return { by: 'route', from: 'contact', ...standing.contact };
  if (standing.profile && leadsThere(ways, standing.profile.policy))
    return { by: 'route', from: 'profile', ...standing.profile };
  return { by: 'rule', from: 'rule' };
}

function writtenOut(route: NonNullable<Asked['route']>): { policy: RoutePolicy; name?: string } {
  if ('mode' in route) return { policy: policyOf(route) };
  return 'policy' in route ? route : { policy: route };
}

const leadsThere = (ways: readonly Candidate[], { steps }: RoutePolicy): boolean =>
  ways.some((way) => !way.closed && steps.some(({ channels }) => channels.includes(way.channel)));

/** It is connected, and they are not offline there. */
export const isToBeHad = (ways: readonly Candidate[], accountId: string): boolean =>
  ways.some((way) => way.accountId === accountId && way.online && way.presence.state !== 'offline');

/** By what a message goes, as a sentence. */
export function sentenceOf(directions: Directions): string {
  switch (directions.by) {
    case 'route':
      return describe(directions.policy);
    case 'via':
      return `By the account chosen for this ${directions.from}`;
    case 'rule':
      return 'Where they wrote last, or where they are most available';
  }
}
