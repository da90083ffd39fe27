import { sampleAddresses } from '../links/addresses.js';
import { expectedCost, type Spent } from '../messages/cost.js';
import type { Person } from '../messages/placeholders.js';
import { render, type Way, type Written } from '../messages/render.js';
import type { PlannedStep } from '../routing/plan.js';
import type { PreviewStepView } from './service.js';

type Terms = {
  /** When the message is to go. */
  at: number;
  person: Person | undefined;
  linkBase: string | undefined;
  /** What the account's last message cost. */
  spent: Spent | undefined;
};

/**
 * One step as its person would get it: by the same function as what is sent. Links have the length of real ones and lead
 * nowhere.
 */
export function previewStep(
  planned: PlannedStep,
  written: Written,
  way: Way,
  { at, person, linkBase, spent }: Terms,
): PreviewStepView {
  const { candidate, step, afterMs, unless, why } = planned;
  const goes = at + afterMs;
  const addresses = linkBase === undefined ? undefined : sampleAddresses(linkBase, goes);
  const { text, subject, html, parts, links, losses } = render(written, way, person, addresses);
  return {
    step,
    channel: candidate.channel,
    accountId: candidate.accountId,
    network: candidate.network,
    target: candidate.target,
    at: new Date(goes).toISOString(),
    ...(unless === undefined ? {} : { unless }),
    why: why ?? '',
    text,
    ...(subject === undefined || way.channel !== 'email' ? {} : { subject }),
    ...(html === undefined ? {} : { html }),
    ...(parts === undefined ? {} : { parts }),
    ...(spent === undefined ? {} : { cost: expectedCost(spent, parts ?? 1) }),
    ...(links.length === 0
      ? {}
      : { links: links.map(({ name, expiresAt }) => ({ name, expiresAt: new Date(expiresAt).toISOString() })) }),
    losses,
  };
}
