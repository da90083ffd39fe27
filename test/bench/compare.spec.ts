import { describe, expect, it } from 'vitest';
import { allowed, compare, mediansOf, middleOf, noiseOf } from './compare.ts';
import type { Kept } from './kept.ts';
import type { Ratio } from './part.ts';

const runs = (...values: number[]) => values.map((value) => ({ ratios: [{ what: 'p50', value }] }));

describe('how much worse a figure may be', () => {
  it.each([
    ['not repeated', undefined, false, 2.5],
    ['hardly any noise', { runs: 5, deviation: 0.001 }, false, 1.25],
    ['some', { runs: 5, deviation: 0.2 }, false, Math.exp(0.8)],
    ['so much that it says nothing', { runs: 5, deviation: 2 }, false, 4],
    ['a count', { runs: 5, deviation: 0.2 }, true, 1.1],
  ] as const)('%s', (_name, noise, exact, limit) => {
    expect(allowed(noise, exact)).toBeCloseTo(limit);
  });

  it('is known from three runs on', () => {
    expect(noiseOf(runs(2, 3))).toBeUndefined();
    expect(noiseOf(runs(1, Math.E, 1))?.p50).toEqual({ runs: 3, deviation: expect.closeTo(Math.sqrt(1 / 3)) });
  });
});

describe('what is kept of several runs', () => {
  it('is the run in the middle and the median of each ratio', () => {
    const both = (p50: number, p99: number) => ({
      ratios: [
        { what: 'p50', value: p50 },
        { what: 'p99', value: p99 },
      ],
    });
    const three: [ReturnType<typeof both>, ...ReturnType<typeof both>[]] = [both(5, 9), both(1, 2), both(2, 30)];
    expect(middleOf(three)).toBe(three[0]);
    expect(mediansOf(three)).toEqual({ p50: 2, p99: 9 });
  });
});

describe('compared with what is committed', () => {
  const kept: Pick<Kept, 'ratios' | 'noise'> = {
    ratios: { p50: 4, size: 100 },
    noise: { p50: { runs: 5, deviation: Math.log(2) / 4 } },
  };
  const size: Ratio = { what: 'size', value: 100, exact: true };
  it.each([
    ['better', [{ what: 'p50', value: 1 }, size], []],
    ['within the noise', [{ what: 'p50', value: 7.9 }, size], []],
    ['past it', [{ what: 'p50', value: 8.1 }, size], ['p50']],
    ['no number', [{ what: 'p50', value: Number.NaN }, size], ['p50']],
    ['no longer measured', [size], ['p50']],
    [
      'a larger count',
      [
        { what: 'p50', value: 4 },
        { ...size, value: 111 },
      ],
      ['size'],
    ],
    ['not measured then', [{ what: 'p50', value: 4 }, size, { what: 'new', value: 1_000 }], []],
  ] as const)('%s', (_name, now, worse) => {
    const found = compare([...now], kept).filter((one) => one.worse);
    expect(found.map(({ what }) => what)).toEqual(worse);
  });
});
