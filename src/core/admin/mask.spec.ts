import { expect, test } from 'vitest';
import { masked } from './mask.js';

test.each([
  ['+447700900123', '+4…23'],
  ['alice.smith@example.org', 'al…th@ex…rg'],
  ['ann', 'a…'],
  ['bob@x', 'b…@x…'],
  ['#room', '#r…om'],
  ['', '…'],
])('%s is shown as %s', (target, shown) => expect(masked(target)).toBe(shown));
