import type { Isupport } from './isupport.js';
import { type MultilineLimits, multilineLimits } from './multiline.js';

/** What the library is to ask for beyond what it asks for by itself. */
export const extraCaps = [
  'labeled-response',
  'extended-monitor',
  'draft/extended-monitor',
  'draft/chathistory',
  'draft/event-playback',
  'draft/read-marker',
  'draft/message-redaction',
  'draft/multiline',
  'znc.in/playback',
];

/** What a server can do beyond lines of text, as it has said at the last sign-in. */
export type Offers = {
  typing: boolean;
  reactions: boolean;
  replies: boolean;
  redaction: boolean;
  history: boolean;
  markers: boolean;
  multiline: MultilineLimits | undefined;
};

export const noOffers: Offers = {
  ...{ typing: false, reactions: false, replies: false, redaction: false, history: false, markers: false },
  multiline: undefined,
};

/** A server with message tags that passes on those of clients, as most of today's do. */
export const usualOffers: Offers = { ...noOffers, typing: true, reactions: true, replies: true };

export type Caps = { has(name: string): boolean; value(name: string): string | undefined };

export function offersOf(caps: Caps, support: Isupport): Offers {
  const passes = (...names: string[]) => caps.has('message-tags') && names.some((name) => support.passesTag(name));
  const replies = passes('reply', 'draft/reply');
  return {
    typing: passes('typing'),
    reactions: replies && passes('draft/react'),
    replies,
    redaction: caps.has('draft/message-redaction'),
    history: caps.has('draft/chathistory') && caps.has('batch'),
    markers: caps.has('draft/read-marker'),
    multiline:
      caps.has('draft/multiline') && caps.has('batch') ? multilineLimits(caps.value('draft/multiline')) : undefined,
  };
}
