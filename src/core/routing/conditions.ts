import type { Channel, PresenceState } from '../../sdk/index.js';
import type { Conditions, Urgency } from './policy.js';
import { quietUntil } from './quiet.js';

/** What a message is, as far as conditions ask for it. */
export type Traits = {
  urgency: Urgency;
  files: number;
  /** UTF-16 code units, of the words for this channel. */
  length: (channel: Channel) => number;
};

/** `amount` is a decimal number. */
export type Cost = { amount: string; currency: string };

/** What must be looked at when the step comes up: what is true now need not be true then. */
export type LaterConditions = Pick<Conditions, 'online' | 'quiet'>;

export type Verdict =
  | { is: 'holds' }
  | { is: 'wait'; until: number; why: string }
  /** The step is passed over. */
  | { is: 'fails'; why: string };

const URGENCIES: Urgency[] = ['low', 'normal', 'urgent'];
const HOLDS: Verdict = { is: 'holds' };

/**
 * Why a message does not go this way whenever it would; undefined where nothing speaks against it. `cost`: what all of it
 * is expected to cost there, where that is known.
 */
export function speaksAgainst(
  only: Conditions,
  traits: Traits,
  { channel, cost }: { channel: Channel; cost?: Cost | undefined },
): string | undefined {
  const { urgency, maxLength, attachments, maxCost } = only;
  if (urgency !== undefined && URGENCIES.indexOf(traits.urgency) < URGENCIES.indexOf(urgency))
    return `only for messages that are ${urgency === 'urgent' ? 'urgent' : 'not of low urgency'}`;
  const length = traits.length(channel);
  if (maxLength !== undefined && length > maxLength) return `the text has ${length} characters, more than ${maxLength}`;
  if (attachments === true && traits.files === 0) return 'only for messages with files';
  if (attachments === false && traits.files > 0) return 'only for messages without files';
  return maxCost === undefined || cost === undefined ? undefined : tooDear(maxCost, cost);
}

/** A cost that is not known is no reason to hold a message back: most ways cost nothing. */
function tooDear(limit: Cost, cost: Cost): string | undefined {
  if (limit.currency !== cost.currency) return `it is paid in ${cost.currency}, and the limit is in ${limit.currency}`;
  if (millionths(cost.amount) <= millionths(limit.amount)) return undefined;
  return `it would cost about ${cost.amount} ${cost.currency}, more than ${limit.amount}`;
}

/** `amount` is a decimal number; beyond six places it is cut. */
function millionths(amount: string): bigint {
  const [whole = '0', part = ''] = amount.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(part.slice(0, 6).padEnd(6, '0'));
}

/** An urgent message goes whatever the time is. Undefined where nothing is left to look at. */
export function laterOf(only: Conditions | undefined, urgency: Urgency): LaterConditions | undefined {
  const quiet = urgency === 'urgent' ? undefined : only?.quiet;
  if (!only?.online && !quiet) return undefined;
  return { ...(only?.online ? { online: true } : {}), ...(quiet ? { quiet } : {}) };
}

/** Who is away may look at it soon; who wants no disturbance asked for it. */
export const isThere = (state: PresenceState): boolean => state === 'online' || state === 'away';

/** Whether a step that comes up now may go. */
export function holds(conditions: LaterConditions, there: { presence: PresenceState }, now: number): Verdict {
  const { online, quiet } = conditions;
  if (online && !isThere(there.presence)) return { is: 'fails', why: 'they were not seen as online there' };
  const until = quiet && quietUntil(quiet, now);
  if (!quiet || until === undefined) return HOLDS;
  const hours = `${quiet.from} to ${quiet.to} is quiet in ${quiet.zone}`;
  return quiet.otherwise === 'wait' ? { is: 'wait', until, why: hours } : { is: 'fails', why: hours };
}

/** When it may go at the earliest, if it is to wait for the end of quiet hours. */
export function afterQuiet(conditions: LaterConditions | undefined, at: number): number {
  const quiet = conditions?.quiet;
  return quiet?.otherwise === 'wait' ? (quietUntil(quiet, at) ?? at) : at;
}
