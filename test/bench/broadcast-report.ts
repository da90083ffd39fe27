import type { Line, Ratio } from './part.ts';
import type { Spread } from './statistics.ts';
import { both, ms, whole } from './words.ts';

type ChatFigures = { answered: Spread; onWire: Spread; lost: number };

/** One message to each of many people on four networks. Measured by itself: it takes minutes. */
export type BroadcastFigures = {
  recipients: number;
  /** Until the call was answered, and until the last one was sent. */
  acceptedMs: number;
  seconds: number;
  /** How long the slowest account needs at what it may send a second. */
  ownLimitSeconds: number;
  progress: Record<string, number>;
  /** What came to the networks, and to how many people. */
  wire: { messages: number; people: number };
  /** Chats by other accounts, of the same user and of another one. */
  chats: { quiet: { same: ChatFigures; other: ChatFigures }; during: { same: ChatFigures; other: ChatFigures } };
  /** What an open client heard: of the broadcast itself, and in all. */
  client: { updates: number; gapMs: Spread; changes: number; bytes: number };
  cancel: { answeredMs: number; withinOneSecond: number; later: number; progress: Record<string, number> };
};

export const linesOf = ({
  recipients,
  acceptedMs,
  seconds,
  ownLimitSeconds,
  wire,
  client,
  cancel,
  chats: { quiet, during },
}: BroadcastFigures): Line[] => [
  { what: `call → answered, all ${whole(recipients)} committed`, parley: ms(acceptedMs) },
  {
    what: 'until the last one was sent',
    parley: `${whole(seconds)} s; the SMS account alone needs ${whole(ownLimitSeconds)} s at its own limit`,
  },
  {
    what: 'came to the networks',
    parley: `${whole(wire.messages)} messages, ${whole(wire.people)} people`,
    goal: 'each person once',
    met: wire.messages === recipients && wire.people === recipients,
  },
  {
    what: 'updates of the progress at an open client',
    parley: `${whole(client.updates)}; ${ms(client.gapMs.p50)} apart (p50), at most ${ms(client.gapMs.most)}`,
  },
  {
    what: 'what that client heard in all',
    parley: `${whole(client.changes)} changes, ${whole(client.bytes / 2 ** 20)} MiB`,
  },
  {
    what: 'cancelled: call → answered; sent in the next second, later',
    parley: `${ms(cancel.answeredMs)}; ${cancel.withinOneSecond}, ${cancel.later}`,
  },
  ...(['same', 'other'] as const).flatMap((who) =>
    (['answered', 'onWire'] as const).map((what) => ({
      what: `a chat of ${who === 'same' ? 'the same' : 'another'} user meanwhile, call → ${what === 'answered' ? 'answered' : 'line on the network'}: p50, p99`,
      parley: both(during[who][what]),
      against: { 'without the broadcast': both(quiet[who][what]) },
    })),
  ),
];

export const ratiosOf = ({ seconds, ownLimitSeconds, chats: { quiet, during } }: BroadcastFigures): Ratio[] => [
  { what: 'broadcast, to the limit of its slowest account', value: seconds / ownLimitSeconds },
  { what: "the same user's chat: p50, to without it", value: during.same.onWire.p50 / quiet.same.onWire.p50 },
  { what: "another user's chat: p50, to without it", value: during.other.onWire.p50 / quiet.other.onWire.p50 },
];
