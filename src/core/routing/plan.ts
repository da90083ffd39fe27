import type { Channel, PresenceState } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import { mostAvailable } from '../presence/availability.js';
import type { Conditions, ShortRoute } from './policy.js';

/** One way to reach the person (or room): an account and where it goes there. */
export type Candidate = {
  /** Distinct per account and target. */
  id: string;
  channel: Channel;
  accountId: string;
  network: string;
  /** Undefined where no chat exists yet. */
  chatId: string | undefined;
  target: string;
  online: boolean;
  presence: { state: PresenceState };
  lastActiveAt: number;
  /** Why nothing is sent this way: they asked for no more messages, or we are asked in and have not answered. */
  closed: 'opted-out' | 'invited' | undefined;
};

export type PlannedStep = {
  candidate: Candidate;
  step: number;
  /** ms after the message is to go; earlier once all steps before have failed. */
  afterMs: number;
  /** How long the step before has for its proof. */
  withinMs: number;
  unless: 'sent' | 'delivered' | 'read' | undefined;
  /** `fallback`: left out once `unless` is proven; `always`: goes in any case. */
  kind: 'first' | 'fallback' | 'always';
  /** What must hold when it comes up. */
  conditions?: Conditions | undefined;
  /** Why it goes this way, in words. */
  why?: string | undefined;
};

const DEFAULT_WITHIN_MS = 5 * 60_000;
const MAX_WITHIN_MS = 7 * 86_400_000;

/**
 * Decides by which accounts a message goes, and when. `first`: the best single way; `all`: one of each channel at once;
 * `fallback`: in the order of the channels, the next once the one before failed or has not proven `unless` in time.
 * A way that is closed is passed over.
 */
export function plan(all: readonly Candidate[], request: { via?: string; route?: ShortRoute }): PlannedStep[] {
  const meant = all.filter((way) => isMeant(way, request));
  if (meant.length > 0 && meant.every(({ closed }) => closed)) throw closedTo(meant);
  const candidates = all.filter(({ closed }) => !closed);
  const now = (candidate: Candidate): PlannedStep => ({
    candidate,
    step: 0,
    afterMs: 0,
    withinMs: 0,
    unless: undefined,
    kind: 'first',
  });
  if (request.via !== undefined) return [now(byAccount(candidates, request.via))];
  if (!request.route) return [now(latest(candidates))];
  const { mode, channels, unless = 'sent', within } = request.route;
  const perChannel = [...new Set(channels)].flatMap((channel) => best(candidates, channel) ?? []);
  if (perChannel.length === 0) throw unreachable(channels);
  if (mode === 'all') return perChannel.map(now);
  if (mode === 'first') return [now(perChannel.find((candidate) => candidate.online) ?? perChannel[0]!)];
  const withinMs = within === undefined ? DEFAULT_WITHIN_MS : durationMs(within);
  return perChannel.map((candidate, step) => ({
    candidate,
    step,
    afterMs: step * withinMs,
    withinMs: step === 0 ? 0 : withinMs,
    unless: step === 0 ? undefined : unless,
    kind: step === 0 ? 'first' : 'fallback',
  }));
}

const isMeant = ({ accountId, channel }: Candidate, { via, route }: { via?: string; route?: ShortRoute }): boolean =>
  via === undefined ? (route?.channels.includes(channel) ?? true) : accountId === via;

function closedTo(ways: readonly Candidate[]): DomainError {
  if (ways.some(({ closed }) => closed === 'invited'))
    return new DomainError('conflict', 'invited', 'You are invited here: accept the invitation before you write.');
  const targets = [...new Set(ways.map(({ target }) => target))].join(', ');
  return new DomainError('conflict', 'opted-out', `${targets} asked to get no more messages. Write another way.`);
}

function byAccount(candidates: readonly Candidate[], accountId: string): Candidate {
  const own = candidates.filter((candidate) => candidate.accountId === accountId);
  if (own.length > 0) return latest(own);
  throw new DomainError('invalid', 'not-reachable-via', 'This conversation cannot be reached through that account.', {
    fields: { via: 'is not one of the conversation’s accounts' },
  });
}

/** The way last used, if its account is online; else the most available, else the last used. */
function latest(candidates: readonly Candidate[]): Candidate {
  const ordered = [...candidates].sort((a, b) => b.lastActiveAt - a.lastActiveAt);
  const found = ordered.find((candidate) => candidate.online) ?? ordered[0];
  if (!found) throw unreachable(['im', 'email', 'sms']);
  return found;
}

/** Within a channel: online accounts first, then the most available buddy, then the one last used. */
function best(candidates: readonly Candidate[], channel: Channel): Candidate | undefined {
  const fitting = candidates
    .filter((candidate) => candidate.channel === channel)
    .sort((a, b) => b.lastActiveAt - a.lastActiveAt);
  const online = fitting.filter((candidate) => candidate.online);
  return mostAvailable(online.length > 0 ? online : fitting);
}

const unreachable = (channels: readonly string[]) =>
  new DomainError(
    'invalid',
    'no-route',
    `No account reaches this person by ${channels.join(', ')}. Add an account, an address or another channel.`,
    {
      fields: { route: 'leads nowhere' },
    },
  );

/** Days, hours, minutes and seconds of an ISO 8601 duration. */
export function durationMs(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  const ms = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
  if (parts && ms > 0 && ms <= MAX_WITHIN_MS) return ms;
  throw new DomainError('invalid', 'invalid-duration', 'The time to wait must be more than nothing and at most P7D.', {
    fields: { 'route.within': 'must be an ISO 8601 duration up to P7D, such as PT5M' },
  });
}
