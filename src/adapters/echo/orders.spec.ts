import { describe, expect, test } from 'vitest';
import { helpText, most, ordersIn } from './orders.js';

describe('orders', () => {
  test.each([
    ['fail temporary 2', { do: 'fail-first', tries: 2 }],
    ['Fail Temporary', { do: 'fail-first', tries: 1 }],
    ['rate-limit 200ms', { do: 'rate-limit', ms: 200 }],
    ['unknown', { do: 'unknown', provenAfterMs: undefined }],
    ['unknown 2s', { do: 'unknown', provenAfterMs: 2000 }],
    ['delay 1m', { do: 'delay', ms: 60_000 }],
    ['delay 5', { do: 'delay', ms: 5000 }],
    ['delay', { do: 'delay', ms: 5000 }],
    ['disconnect 5s', { do: 'trouble', is: 'away', ms: 5000 }],
    ['presence away at lunch', { do: 'presence', state: 'away', note: 'at lunch' }],
    [
      'presence dnd idle 20m on a call in room 4',
      { do: 'presence', state: 'dnd', note: 'in room 4', idleMs: 1_200_000, call: true },
    ],
    ['time zone Asia/Tokyo', { do: 'time-zone', zone: 'Asia/Tokyo' }],
    ['react', { do: 'react', emoji: '👍' }],
    ['read', { do: 'receipt', proves: 'read', afterMs: 0 }],
    ['bounce 1s', { do: 'receipt', proves: 'failed', afterMs: 1000 }],
  ])('%s', (text, order) => expect(ordersIn(text)).toEqual([order]));

  test('go together, on one line or several', () => {
    expect(ordersIn('no echo; late receipt 2s\nreact 🎉').map((order) => order.do)).toEqual([
      'no-echo',
      'receipt',
      'react',
    ]);
  });

  test.each(['', 'hello', 'please fail auth', 'delay 5s, please', 'no echo; and more', 'x'.repeat(5000)])(
    'are not read into "%.20s"',
    (text) => expect(ordersIn(text)).toEqual([]),
  );

  test('are bounded', () => {
    expect(ordersIn('flood 999999')).toEqual([{ do: 'flood', count: most.floods }]);
    expect(ordersIn('delay 999999m')).toEqual([{ do: 'delay', ms: most.minutes * 60_000 }]);
    expect(ordersIn('fail temporary 99')).toEqual([{ do: 'fail-first', tries: most.tries }]);
  });

  test('are all told by help, in words that work', () => {
    const examples = helpText
      .split('\n')
      .slice(1)
      .map((line) => line.split(': ')[0] ?? '');
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples) expect(ordersIn(example), example).toHaveLength(1);
  });
});
