import { expect, test } from 'vitest';
import { expectedCost } from './cost.js';

test.each([
  ['0.05', 1, 3, '0.15'],
  ['0.15', 3, 1, '0.05'],
  ['0.1', 3, 1, '0.033334'],
  ['12', 1, 2, '24'],
  ['0.000001', 1, 1, '0.000001'],
  ['0.05', 0, 2, '0.1'],
])('%s for %i parts: %i parts cost %s', (amount, before, parts, expected) =>
  expect(expectedCost({ amount, currency: 'EUR', parts: before }, parts)).toEqual({
    amount: expected,
    currency: 'EUR',
  }),
);
