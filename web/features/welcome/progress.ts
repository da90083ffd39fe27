import type { UserSettings } from '../../lib/api/types';

/** The way to the first conversation: what is done next. */
export const steps = ['network', 'sign-in', 'conversation'] as const;
export type Step = (typeof steps)[number];

type Known = { accounts: number; conversations: number };

/** What is left to do, or nothing. Messages may come in before anything was written: then that is a beginning too. */
export function nextStep({ accounts, conversations }: Known): 'network' | 'conversation' | null {
  if (accounts === 0) return 'network';
  return conversations === 0 ? 'conversation' : null;
}

/** Whether somebody is being led: never once they said that they find their own way. */
export const isGuided = (guide: UserSettings['guide'], known: Known): boolean =>
  guide?.hidden !== true && nextStep(known) !== null;
