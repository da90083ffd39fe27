import { describe, expect, it } from 'vitest';
import { around, following as followingIn, freeze, rangeOf, widenDown, widenUp } from './span';

const items = (count: number, from = 0) => Array.from({ length: count }, (_, at) => ({ id: String(from + at) }));

const following = followingIn(1360);

describe('the drawn part of a timeline', () => {
  it('follows the newest', () => {
    expect(rangeOf(items(200), following)).toEqual({ from: 160, to: 200 });
    expect(rangeOf(items(201), following)).toEqual({ from: 161, to: 201 });
  });

  it('goes on following the newest while older rows are drawn before the newest', () => {
    const wider = widenUp(items(200), following) ?? following;
    expect(rangeOf(items(200), wider)).toEqual({ from: 130, to: 200 });
    expect(rangeOf(items(201), wider)).toEqual({ from: 131, to: 201 });
  });

  it('stands still while a person reads back, whatever comes', () => {
    const frozen = freeze(items(200), following);
    expect(rangeOf(items(260), frozen)).toEqual({ from: 160, to: 200 });
  });

  it('keeps the same rows when older ones are fetched before them', () => {
    const frozen = freeze(items(80), following);
    const { from, to } = rangeOf(items(130, -50), frozen);
    expect([from, to]).toEqual([90, 130]);
  });

  it('reaches both ends of what is in memory and never draws too many rows', () => {
    const all = items(2000);
    let span = freeze(all, following);
    let steps = 0;
    for (let wider = widenUp(all, span); wider; wider = widenUp(all, span)) {
      span = wider;
      steps += 1;
      const { from, to } = rangeOf(all, span);
      expect(to - from).toBeLessThanOrEqual(200);
    }
    expect(rangeOf(all, span).from).toBe(0);
    for (let wider = widenDown(all, span); wider; wider = widenDown(all, span)) {
      span = wider;
      const { from, to } = rangeOf(all, span);
      expect(to - from).toBeLessThanOrEqual(200);
    }
    expect(rangeOf(all, span).to).toBe(2000);
    expect(steps).toBeGreaterThan(0);
  });

  it('overlaps with what was drawn at each step, so that the reader’s place can be held', () => {
    const all = items(2000);
    let span = freeze(all, following);
    for (let wider = widenUp(all, span); wider; wider = widenUp(all, span)) {
      expect(rangeOf(all, wider).to).toBeGreaterThan(rangeOf(all, span).from);
      span = wider;
    }
  });

  it('draws the surroundings of a message, if it is known', () => {
    const all = items(1000);
    const { from, to } = rangeOf(all, around(all, '500') ?? following);
    expect(from).toBeLessThan(500);
    expect(to).toBeGreaterThan(501);
    expect(around(all, 'x')).toBeNull();
  });
});
