import { describe, expect, test } from 'vitest';
import { isGuided, nextStep } from './progress';

describe('the way to the first conversation', () => {
  test.each([
    { accounts: 0, conversations: 0, next: 'network' },
    { accounts: 0, conversations: 3, next: 'network' },
    { accounts: 1, conversations: 0, next: 'conversation' },
    { accounts: 2, conversations: 1, next: null },
  ])('$accounts accounts and $conversations conversations: $next', ({ next, ...known }) => {
    expect(nextStep(known)).toBe(next);
    expect(isGuided(undefined, known)).toBe(next !== null);
    expect(isGuided({ network: 'irc' }, known)).toBe(next !== null);
    expect(isGuided({ hidden: true }, known)).toBe(false);
  });
});
