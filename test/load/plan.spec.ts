import { describe, expect, it } from 'vitest';
import { defaults, readOptions } from './options.js';
import { dayCurve, makePlan, weighted } from './plan.js';
import { count } from './reckoning.js';

describe('a plan', () => {
  const options = { ...defaults, users: 5, rate: 100, seconds: 60, reconnects: 2, warm: 0 };
  const plan = makePlan(options);

  it('is the same for the same seed, and another for another', () => {
    expect(makePlan(options)).toEqual(plan);
    expect(makePlan({ ...options, seed: 2 }).acts).not.toEqual(plan.acts);
  });

  it('has as many messages as the rate says, numbered in their chats, in order of time', () => {
    const messages = plan.acts.filter(({ kind }) => kind === 'in' || kind === 'out');
    expect(messages).toHaveLength(6_000);
    expect(plan.acts.filter(({ kind }) => kind === 'leave')).toHaveLength(10);
    const next = new Map<string, number>();
    let before = 0;
    for (const act of plan.acts) {
      expect(act.at).toBeGreaterThanOrEqual(before);
      before = act.at;
      if (act.kind !== 'in' && act.kind !== 'out') continue;
      const place = `${act.kind}${act.chat}`;
      expect(act.sequence).toBe(next.get(place) ?? 0);
      next.set(place, act.sequence + 1);
    }
  });

  it('gives few chats most of the messages', () => {
    const counts = plan.chats.map(({ index }) => plan.acts.filter((act) => 'chat' in act && act.chat === index).length);
    const sorted = counts.sort((a, b) => b - a);
    const top = sorted.slice(0, 12).reduce((sum, one) => sum + one, 0);
    expect(top / sorted.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0.4);
    expect(sorted[0]).toBeGreaterThan(8 * (sorted[Math.floor(sorted.length / 2)] ?? 0));
  });

  it('has a peak in the evening and little at night', () => {
    const moment = dayCurve(24);
    const times = Array.from({ length: 10_000 }, (_, at) => moment(at / 10_000));
    const between = (from: number, to: number) => times.filter((at) => at >= from && at < to).length;
    expect(between(20, 21) / 10_000).toBeCloseTo(1.9 / 24, 1);
    expect(between(20, 21)).toBeGreaterThan(15 * between(2, 3));
  });

  it('weighs', () => {
    const pick = weighted([1, 0, 3]);
    expect([0, 0.2, 0.3, 0.99].map(pick)).toEqual([0, 0, 2, 2]);
  });
});

describe('the reckoning', () => {
  const came = (...keys: string[]) => keys.map((key) => ({ key }));

  it('sees what is lost, doubled and out of order', () => {
    const expected = new Set(['0:0', '0:1', '0:2', '2:0']);
    expect(count(expected, came('0:0', '2:0', '0:1', '0:2'))).toEqual({ sent: 4, lost: 0, doubled: 0, disordered: 0 });
    expect(count(expected, came('0:0', '0:2', '0:1', '0:1'))).toEqual({ sent: 4, lost: 1, doubled: 1, disordered: 1 });
  });
});

describe('options', () => {
  it('are read, within bounds', () => {
    expect(readOptions([]).options).toEqual(defaults);
    expect(readOptions(['--users', '7', '--processes', '2']).options).toMatchObject({
      users: 7,
      processes: ['all', 'all'],
    });
    expect(readOptions(['--processes', 'api', 'connector,worker']).options.processes).toEqual([
      'api',
      'connector,worker',
    ]);
    expect(() => readOptions(['--users', 'many'])).toThrow('--users is many');
  });
});
