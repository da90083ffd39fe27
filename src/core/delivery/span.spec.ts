import { expect, it } from 'vitest';
import { inWords } from './span.js';

it.each([
  [0, '1 second'],
  [90_000, '90 seconds'],
  [300_000, '5 minutes'],
  [3_600_000, '1 hour'],
  [86_400_000, '24 hours'],
  [2 * 86_400_000, '2 days'],
])('%d ms are %s', (ms, words) => expect(inWords(ms)).toBe(words));
