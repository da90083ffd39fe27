import { DomainError } from '../errors.js';
import { type Candidate, closedTo, unreachable } from './candidate.js';
import type { Directions } from './choose.js';
import { afterQuiet, holds, type LaterConditions, laterOf, speaksAgainst, type Traits } from './conditions.js';
import { CHANNEL_NAMES, capital, listed } from './describe.js';
import { spelled, waitMs } from './duration.js';
import { canProve } from './normalise.js';
import type { Proof, RouteStep } from './policy.js';
import { bestOf, byRule, type Choice } from './rule.js';
import { neverProven, unlessProven } from './why.js';

export type { Candidate } from './candidate.js';

export type PlannedStep = {
  candidate: Candidate;
  step: number;
  /** ms after the message is to go; earlier once all steps before have failed. */
  afterMs: number;
  /** How long the steps before have for their proof. */
  withinMs: number;
  unless: Proof | undefined;
  /** `fallback`: left out once `unless` is proven; `always`: goes in any case. */
  kind: 'first' | 'fallback' | 'always';
  /** What must hold when it comes up. */
  conditions?: LaterConditions | undefined;
  /** Why it goes this way, in words. */
  why?: string | undefined;
  /** Why the route leaves it out; it stands in the ledger only to say so. */
  leftOut?: string | undefined;
};

/** What is known when a message is planned. */
export type Occasion = {
  traits: Traits;
  now: number;
  /** When it is to go. */
  at: number;
  /** What they are called. */
  who: string;
};

/**
 * Decides by which accounts a message goes, when, and why: by the account that was asked for, by a route, or by the rule.
 * A way that is closed is passed over.
 * @throws DomainError where it goes nowhere
 */
export function plan(all: readonly Candidate[], directions: Directions, occasion: Occasion): PlannedStep[] {
  const meant = all.filter((way) => isMeant(way, directions));
  if (meant.length > 0 && meant.every(({ closed }) => closed)) throw closedTo(meant);
  const open = meant.filter(({ closed }) => !closed);
  switch (directions.by) {
    case 'via':
      return [alone(byAccount(open, directions))];
    case 'rule':
      return [alone(byRule(open, occasion.who, occasion.now))];
    case 'route':
      return byRoute(open, directions, occasion);
  }
}

function isMeant(way: Candidate, directions: Directions): boolean {
  if (directions.by === 'via') return way.accountId === directions.accountId;
  if (directions.by === 'rule') return true;
  return directions.policy.steps.some(({ channels }) => channels.includes(way.channel));
}

const alone = ({ candidate, why }: Choice): PlannedStep => ({
  candidate,
  step: 0,
  afterMs: 0,
  withinMs: 0,
  unless: undefined,
  kind: 'first',
  why,
});

function byAccount(open: readonly Candidate[], { from }: Directions): Choice {
  const [candidate] = [...open].sort((a, b) => b.lastActiveAt - a.lastActiveAt);
  if (candidate) return { candidate, why: `${candidate.label}: chosen for this ${from}` };
  throw new DomainError('invalid', 'not-reachable-via', 'This conversation cannot be reached through that account.', {
    fields: { via: 'is not one of the conversation’s accounts' },
  });
}

type ByRoute = Extract<Directions, { by: 'route' }>;

function byRoute(open: readonly Candidate[], route: ByRoute, occasion: Occasion): PlannedStep[] {
  const { steps } = route.policy;
  const planned: PlannedStep[] = [];
  for (const [index, step] of steps.entries()) {
    const before = planned.filter(({ leftOut }) => leftOut === undefined);
    const timing = timingOf(step, index, before);
    const ways = step.channels
      .flatMap((channel) => bestOf(open, channel) ?? [])
      .map((way) => judged(way, step, timing, occasion));
    const why = `${reasonOf(step, steps, index, timing, before)}${placeOf(route, index, steps.length)}`;
    planned.push(
      ...picked(ways, step).map((way) => ({
        ...way,
        step: index,
        why: `${capital(CHANNEL_NAMES[way.candidate.channel])}${why}`,
      })),
    );
  }
  if (planned.length === 0) throw unreachable(steps.flatMap(({ channels }) => channels));
  if (planned.every(({ leftOut }) => leftOut !== undefined)) throw nothingFits(planned);
  return planned;
}

type Timing = Pick<PlannedStep, 'kind' | 'afterMs' | 'withinMs' | 'unless'>;

/** A fallback with nothing before it that could go is the first; else it waits for the last of those before it. */
function timingOf(step: RouteStep, index: number, before: readonly PlannedStep[]): Timing {
  const waits = waitMs(step);
  if (step.unless === undefined)
    return { kind: index === 0 ? 'first' : 'always', afterMs: waits, withinMs: 0, unless: undefined };
  if (before.length === 0) return { kind: 'first', afterMs: 0, withinMs: 0, unless: undefined };
  const last = Math.max(...before.map(({ afterMs }) => afterMs));
  return { kind: 'fallback', afterMs: last + waits, withinMs: waits, unless: step.unless };
}

type Judged = Omit<PlannedStep, 'step' | 'why'>;

/** What can change is decided now only for what goes now. */
function judged(candidate: Candidate, { only }: RouteStep, timing: Timing, { traits, now, at }: Occasion): Judged {
  const later = laterOf(only, traits.urgency);
  const goes = at + timing.afterMs;
  const verdict = later && goes <= now ? holds(later, { presence: candidate.presence.state }, now) : undefined;
  const leftOut =
    (only && speaksAgainst(only, traits, candidate)) ?? (verdict?.is === 'fails' ? verdict.why : undefined);
  return {
    ...timing,
    candidate,
    afterMs: afterQuiet(later, goes) - at,
    ...(later === undefined ? {} : { conditions: later }),
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

/** Of `first` the first that can take it, by an account that is connected if there is one; those left out before it say why. */
function picked(ways: readonly Judged[], { pick }: RouteStep): Judged[] {
  if (pick !== 'first') return [...ways];
  const fit = ways.filter(({ leftOut }) => leftOut === undefined);
  const one = fit.find(({ candidate }) => candidate.online) ?? fit[0];
  const end = one ? ways.indexOf(one) : ways.length;
  return ways.filter((way, index) => way === one || (way.leftOut !== undefined && index < end));
}

function reasonOf(
  step: RouteStep,
  steps: readonly RouteStep[],
  index: number,
  timing: Timing,
  planned: readonly PlannedStep[],
): string {
  const { kind, unless, withinMs, afterMs } = timing;
  if (kind === 'always') return ` in any case${afterMs === 0 ? '' : `, ${spelled(afterMs)} later`}`;
  if (step.unless === undefined) return '';
  const before = namesBefore(steps, index);
  if (unless === undefined) return ` as nothing goes by ${before}`;
  const never = planned.every(({ candidate: { proves } }) => proves !== undefined && !canProve(proves, unless));
  return never ? neverProven(before, unless, withinMs) : unlessProven(before, unless, withinMs);
}

function namesBefore(steps: readonly RouteStep[], index: number): string {
  const channels = new Set(steps.slice(0, index).flatMap((step) => step.channels));
  return listed(
    [...channels].map((channel) => CHANNEL_NAMES[channel]),
    'or',
  );
}

/** Only a message can have a route that is not saved. */
function placeOf({ name }: ByRoute, index: number, count: number): string {
  const route = name === undefined ? 'the message’s route' : `the route ${name}`;
  return count === 1 ? `: ${route}` : `: step ${index + 1} of ${route}`;
}

function nothingFits(steps: readonly PlannedStep[]): DomainError {
  const reasons = steps.map(({ candidate, leftOut }) => `${capital(CHANNEL_NAMES[candidate.channel])}: ${leftOut}`);
  return new DomainError(
    'conflict',
    'no-step-fits',
    `No step of the route takes this message. ${listed(reasons, 'and')}. Send it another way.`,
    { fields: { route: 'has no step whose conditions hold' } },
  );
}
