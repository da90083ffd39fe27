import { describe, expect, it } from 'vitest';
import { Breakers } from './breaker.js';

const SECOND = 1_000;

/** Three failures at different people. */
function broken(now = 0): Breakers {
  const breakers = new Breakers();
  for (const chat of ['ann', 'bob', 'cleo']) breakers.failed('a', chat, `no answer for ${chat}`, now);
  return breakers;
}

describe('a breaker', () => {
  it('opens after three failures in a row at different people, and says why', () => {
    const breakers = new Breakers();
    expect(breakers.failed('a', 'ann', 'one', 0)).toBe(false);
    expect(breakers.failed('a', 'bob', 'two', 0)).toBe(false);
    expect(breakers.resting('a', 0)).toBeUndefined();
    expect(breakers.failed('a', 'ann', 'three', 0)).toBe(true);
    expect(breakers.resting('a', 0)).toEqual({ until: 30 * SECOND, why: 'three' });
    expect(breakers.resting('b', 0)).toBeUndefined();
  });

  it('takes five at one person: that may be the trouble of their server alone', () => {
    const breakers = new Breakers();
    const opened = [1, 2, 3, 4, 5].map((at) => breakers.failed('a', 'ann', 'later', at));
    expect(opened).toEqual([false, false, false, false, true]);
  });

  it('counts only failures in a row', () => {
    const breakers = new Breakers();
    for (let at = 0; at < 10; at += 1) {
      breakers.failed('a', 'ann', 'no', at);
      breakers.failed('a', 'bob', 'no', at);
      expect(breakers.succeeded('a')).toBe(false);
    }
    expect(breakers.resting('a', 10)).toBeUndefined();
  });

  it('lets one try through after its rest, and closes when that succeeds', () => {
    const breakers = broken();
    expect(breakers.resting('a', 29 * SECOND)).toBeDefined();
    expect(breakers.resting('a', 30 * SECOND)).toBeUndefined();
    breakers.begin('a', 30 * SECOND);
    expect(breakers.resting('a', 30 * SECOND)).toMatchObject({ until: 31 * SECOND, deciding: true });
    expect(breakers.succeeded('a')).toBe(true);
    expect(breakers.resting('a', 30 * SECOND)).toBeUndefined();
    expect(breakers.failed('a', 'ann', 'no', 31 * SECOND)).toBe(false);
  });

  it('rests twice as long after each try that fails, up to ten minutes', () => {
    const breakers = broken();
    const rests: number[] = [];
    let now = 0;
    for (let at = 0; at < 7; at += 1) {
      const until = breakers.resting('a', now)!.until;
      rests.push((until - now) / SECOND);
      now = until;
      breakers.begin('a', now);
      expect(breakers.failed('a', 'ann', 'still', now)).toBe(true);
    }
    expect(rests).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('does not count what was under way when the rest began', () => {
    const breakers = broken();
    expect(breakers.failed('a', 'dan', 'late', 5 * SECOND)).toBe(false);
    expect(breakers.resting('a', 5 * SECOND)).toMatchObject({ until: 30 * SECOND, why: 'no answer for cleo' });
  });

  it('lets the next try where one was not made after all, or never ended', () => {
    const breakers = broken();
    breakers.begin('a', 30 * SECOND);
    expect(breakers.abstain('a')).toBe(true);
    expect(breakers.abstain('a')).toBe(false);
    expect(breakers.resting('a', 30 * SECOND)).toBeUndefined();
    breakers.begin('a', 30 * SECOND);
    expect(breakers.resting('a', 60 * SECOND)).toBeDefined();
    expect(breakers.resting('a', 151 * SECOND)).toBeUndefined();
  });

  it('remembers a bounded number of accounts', () => {
    const breakers = broken();
    for (let at = 0; at < 10_000; at += 1) breakers.failed(`x${at}`, 'ann', 'no', 0);
    expect(breakers.resting('a', 0)).toBeUndefined();
  });
});
