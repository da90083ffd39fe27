import type { Channel } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import { CHANNEL_NAMES, listed } from './describe.js';
import { durationMs, spelled, waitMs } from './duration.js';
import type { Proof, RoutePolicy, RouteStep, ShortRoute } from './policy.js';
import { isTimeOfDay, isZone } from './quiet.js';

const MOST_STEPS = 6;
const PROOFS: Proof[] = ['sent', 'delivered', 'read'];

/** Whether a way that proves so much at the most can prove this. */
export const canProve = (most: Proof, wanted: Proof): boolean => PROOFS.indexOf(most) >= PROOFS.indexOf(wanted);

export function policyOf({ mode, channels, unless: proof, within }: ShortRoute): RoutePolicy {
  const each = [...new Set(channels)];
  const unless: Proof = proof ?? 'sent';
  if (mode !== 'fallback') return { steps: [{ channels: each, pick: mode }] };
  const waits: Pick<RouteStep, 'unless' | 'within'> = { unless, ...(within === undefined ? {} : { within }) };
  return { steps: each.map((channel, index) => ({ channels: [channel], ...(index === 0 ? {} : waits) })) };
}

/** @throws DomainError naming the step that makes no sense */
export function checkPolicy({ steps }: RoutePolicy): void {
  if (steps.length === 0 || steps.length > MOST_STEPS)
    throw invalid('route.steps', `A route has between 1 and ${MOST_STEPS} steps.`, `must be 1 to ${MOST_STEPS}`);
  for (const [index, step] of steps.entries()) {
    const field = (name: string) => `route.steps.${index}.${name}`;
    const fault = (name: string, problem: string) =>
      invalid(field(name), `Step ${index + 1} of the route: ${name} ${problem}.`, problem);
    if (step.channels.length === 0 || new Set(step.channels).size < step.channels.length)
      throw fault('channels', 'must name each channel once, and one at least');
    if (step.unless !== undefined && index === 0)
      throw fault('unless', 'cannot stand in the first step: nothing comes before it that could prove anything');
    if (step.within !== undefined) durationMs(step.within, field('within'));
    const quiet = step.only?.quiet;
    if (!quiet) continue;
    if (!isTimeOfDay(quiet.from) || !isTimeOfDay(quiet.to) || quiet.from === quiet.to)
      throw fault('quiet', 'must go from one time of the day to another, such as 22:00 to 07:00');
    if (!isZone(quiet.zone)) throw fault('quiet', 'must name a time zone such as Europe/Berlin');
  }
}

/**
 * What a policy says that can never be, in words. `provable`: the most that the user's accounts of a channel can prove;
 * undefined where there are none.
 */
export function problemsOf({ steps }: RoutePolicy, provable: (channel: Channel) => Proof | undefined): string[] {
  return steps.flatMap((step, index) => {
    const { unless } = step;
    if (unless === undefined) return [];
    const before = [...new Set(steps.slice(0, index).flatMap(({ channels }) => channels))];
    const known = before.flatMap((channel) => provable(channel) ?? []);
    if (known.length === 0 || known.some((proof) => canProve(proof, unless))) return [];
    const names = listed(
      before.map((channel) => CHANNEL_NAMES[channel]),
      'or',
    );
    return [
      `Nothing by ${names} is ever proven ${unless}: step ${index + 1} always goes, ${spelled(waitMs(step))} after the step before it.`,
    ];
  });
}

const invalid = (field: string, message: string, problem: string): DomainError =>
  new DomainError('invalid', 'invalid-route', message, { fields: { [field]: problem } });
