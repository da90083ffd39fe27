import { describe, expect, it } from 'vitest';
import { Paces } from './pace.js';

const account = { burst: 30, perMs: 33 };
const chat = { burst: 1, perMs: 1_000 };

/** Sends as fast as the buckets let it until `end`; answers how many went. */
function flood(paces: Paces, keys: string[], end: number): number {
  let sent = 0;
  for (let now = 0; now <= end; ) {
    const wait = paces.wait(keys, now);
    if (wait) {
      now = wait.until;
      continue;
    }
    paces.take(keys, now);
    sent += 1;
  }
  return sent;
}

describe('paces', () => {
  it('let a burst go, then one at a time', () => {
    const paces = new Paces();
    paces.learn('a', { burst: 3, perMs: 500 }, 0);
    expect(flood(paces, ['a'], 0)).toBe(3);
    expect(paces.wait(['a'], 0)).toEqual({ key: 'a', until: 500 });
    expect(paces.wait(['a'], 499)).toEqual({ key: 'a', until: 500 });
    expect(paces.wait(['a'], 500)).toBeUndefined();
  });

  it('keep to the rate over a minute, to the burst after a pause', () => {
    const paces = new Paces();
    paces.learn('a', account, 0);
    expect(flood(paces, ['a'], 60_000)).toBe(30 + Math.floor(60_000 / 33));
    expect(paces.wait(['a'], 60_001)).toBeDefined();
    paces.learn('b', account, 0);
    expect(paces.wait(['b'], 10_000_000)).toBeUndefined();
    for (let at = 0; at < 30; at += 1) paces.take(['b'], 10_000_000);
    expect(paces.wait(['b'], 10_000_000)).toBeDefined();
  });

  it('hold back one chat without holding back the account', () => {
    const paces = new Paces();
    paces.learn('a', account, 0);
    paces.learn('ann', chat, 0, 1);
    expect(paces.wait(['a', 'ann'], 0)).toEqual({ key: 'ann', until: 1_000 });
    expect(paces.wait(['a', 'bob'], 0)).toBeUndefined();
  });

  it('take back what was not used', () => {
    const paces = new Paces();
    paces.learn('ann', chat, 0);
    paces.take(['ann'], 0);
    paces.giveBack(['ann']);
    expect(paces.wait(['ann'], 0)).toBeUndefined();
  });

  it('know nothing of a network without limits, and forget a limit that is gone', () => {
    const paces = new Paces();
    paces.learn('a', undefined, 0);
    expect(paces.wait(['a'], 0)).toBeUndefined();
    paces.learn('a', chat, 0, 1);
    expect(paces.wait(['a'], 0)).toBeDefined();
    paces.learn('a', undefined, 0);
    expect(paces.wait(['a'], 0)).toBeUndefined();
  });

  it('are not fooled by a clock that goes back', () => {
    const paces = new Paces();
    paces.learn('a', chat, 10_000, 1);
    expect(paces.wait(['a'], 5_000)?.until).toBeLessThanOrEqual(7_000);
  });
});
