import type { Account, Channel, RoutePolicy, RouteStep } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { channelName, channels } from '../compose/ways';
import { spelled, waitMinutes } from './times';
import { listed, type Proof } from './words';

export const mostSteps = 6;
export const proofs: Proof[] = ['sent', 'delivered', 'read'];

export const changeStep = (policy: RoutePolicy, index: number, step: RouteStep): RoutePolicy => ({
  steps: policy.steps.map((one, at) => (at === index ? step : one)),
});

/** One more step: a channel that is not used yet, once the ones before had their time. */
export function addStep({ steps }: RoutePolicy, accounts: Account[]): RoutePolicy {
  const used = new Set(steps.flatMap((step) => step.channels));
  const channel = channels.find((one) => !used.has(one)) ?? 'im';
  const offered = provable({ steps }, steps.length, accounts);
  const unless = offered.includes('delivered') ? 'delivered' : 'sent';
  return { steps: [...steps, { channels: [channel], unless, within: 'PT5M' }] };
}

/** What then comes first waits for nothing. */
export function removeStep({ steps }: RoutePolicy, index: number): RoutePolicy {
  const [first, ...rest] = steps.filter((_, at) => at !== index);
  if (!first) return { steps };
  const { unless: _unless, within: _within, ...alone } = first;
  return { steps: [index === 0 ? alone : first, ...rest] };
}

/** Two steps change places; what joins them ("if not delivered in 5 minutes") stays where it is. */
export function moveStep({ steps }: RoutePolicy, index: number, by: -1 | 1): RoutePolicy {
  const there = steps[index + by];
  const here = steps[index];
  if (!here || !there) return { steps };
  return {
    steps: steps.map((one, at) => (at === index ? joined(there, one) : at === index + by ? joined(here, one) : one)),
  };
}

function joined({ unless: _unless, within: _within, ...words }: RouteStep, { unless, within }: RouteStep): RouteStep {
  return { ...words, ...(unless === undefined ? {} : { unless }), ...(within === undefined ? {} : { within }) };
}

/** A step as a fallback on this proof, or (undefined) as one that goes in any case. */
export function joinBy(step: RouteStep, unless: Proof | undefined): RouteStep {
  const { unless: _before, within, ...rest } = step;
  if (unless === undefined) return rest;
  return { ...rest, unless, within: within ?? 'PT5M' };
}

export function withWithin(step: RouteStep, within: string | undefined): RouteStep {
  const { within: _before, ...rest } = step;
  return within === undefined ? rest : { ...rest, within };
}

/** At least one stays; which ones are there decides whether a choice between them is left. */
export function toggleChannel(step: RouteStep, channel: Channel): RouteStep {
  const has = step.channels.includes(channel);
  const next = has ? step.channels.filter((one) => one !== channel) : [...step.channels, channel];
  if (next.length === 0) return step;
  const { pick, ...rest } = step;
  return next.length === 1 ? { ...rest, channels: next } : { ...rest, channels: next, pick: pick ?? 'all' };
}

/** The proofs that some channel before can give; with no account there, all that there are. */
export function provable({ steps }: RoutePolicy, index: number, accounts: Account[]): Proof[] {
  const before = new Set(steps.slice(0, index).flatMap((step) => step.channels));
  const known = accounts
    .filter((one) => before.has(one.channel))
    .map((one) => proofs.indexOf(one.capabilities.send.proves));
  if (known.length === 0) return proofs;
  return proofs.slice(0, Math.max(...known) + 1);
}

/** What a policy waits for in vain, by step. */
export function problemOf(policy: RoutePolicy, index: number, accounts: Account[]): string | null {
  const step = policy.steps[index];
  if (!step || step.unless === undefined || provable(policy, index, accounts).includes(step.unless)) return null;
  const before = [...new Set(policy.steps.slice(0, index).flatMap((one) => one.channels))];
  const names = listed(
    before.map((channel) => channelName[channel]),
    'or',
  );
  return t('routes.problem', {
    channels: names,
    proof: t(`route-words.proof-${step.unless}`),
    time: spelled(waitMinutes(step)),
  });
}
