import { AdapterError, type Features } from '../../sdk/index.js';
import type { Room } from './book.js';
import { serverOf, userFrom } from './ids.js';
import type { Link } from './link.js';

/** No pace: how much a homeserver takes is its own affair, and it says to the millisecond how long to wait (429). */
const sending: Omit<Features['send'], 'message'> = {
  maxLength: 12_000,
  formatting: 'full',
  attachments: 'full',
  replies: 'full',
  threads: 'full',
  idempotent: true,
  proves: 'read',
};

type Links = { now(): Link; me(): string | undefined };
/** Presence is told of people we have a direct chat with. */
type Place = { room: Room | undefined; direct: boolean };

/** What can be done in a room; where we may not set the topic or ask others in, that is left out. */
export function featuresOf(links: Links, id: string, { room, direct }: Place): Features {
  const { power } = room ?? {};
  const may = (needed: number | undefined) => power === undefined || power.own >= (needed ?? 0);
  const topic: Features['topic'] = { set: (words) => outbound().topic(id, words) };
  const outbound = () => links.now().outbound;
  const invites: Features['invites'] = {
    invite: async (address) => {
      const user = userFrom(address, serverOf(links.me() ?? ''));
      if (user === undefined) throw new AdapterError('rejected', 'This cannot be a Matrix address.');
      await outbound().invite(id, user);
    },
  };
  return {
    send: { ...sending, message: async (message) => outbound().send(id, message) },
    edits: { message: async (target, edit) => outbound().edit(id, target, edit) },
    deletions: { message: async (target) => outbound().redact(id, target) },
    reactions: { set: async (target, emoji, on) => outbound().react(id, target, emoji, on) },
    typing: { set: async (on) => outbound().typing(id, on) },
    readReceipts: { upTo: async (target) => outbound().read(id, target) },
    presence: direct,
    history: {
      before: async (from, limit, signal) => {
        const link = links.now();
        return link.history.before(link.inbound, id, from, limit, signal);
      },
    },
    members: {
      list: async (signal) => {
        const link = links.now();
        const known = link.book.room(id);
        if (known?.is !== 'joined') throw new AdapterError('rejected', 'You are not in this room.');
        return link.members.list(known, signal);
      },
    },
    ...(may(power?.invite) && { invites }),
    ...(may(power?.topic) && { topic }),
  };
}

const offline = () => {
  throw new AdapterError('temporary', 'not connected');
};

/** What a usual room can do; also the manifest's capabilities. */
export const usualFeatures: Features = featuresOf({ now: offline, me: () => undefined }, '', {
  room: undefined,
  direct: true,
});
