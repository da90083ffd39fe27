import { describe, expect, it } from 'vitest';
import { AdapterError, type AdapterErrorKind } from '../../sdk/index.js';
import { Gate, saysOf } from './gate.js';

const SECOND = 1_000;
const send = { accountId: 'a', chatId: 'ann' };
const other = { accountId: 'a', chatId: 'bob' };
const error = (kind: AdapterErrorKind, options: { retryAfterMs?: number; scope?: 'account' | 'chat' } = {}) =>
  new AdapterError(kind, kind, options);

describe('what a try says of its account', () => {
  it.each([
    ['works', undefined],
    ['works', error('rejected')],
    ['fails', error('temporary')],
    ['fails', error('auth')],
    ['fails', error('unknown-outcome')],
    ['fails', error('rate-limited')],
    ['fails', error('rate-limited', { retryAfterMs: 60 * SECOND })],
    ['nothing', error('rate-limited', { retryAfterMs: 30 * SECOND })],
    ['nothing', error('rate-limited', { retryAfterMs: 60 * SECOND, scope: 'chat' })],
    ['nothing', new Error('a mistake of the adapter')],
  ])('%s: %s', (says, tried) => expect(saysOf(tried)).toBe(says));
});

describe('the gate', () => {
  it('holds an account as long as its network asked, or one chat where it says so', () => {
    const gate = new Gate();
    gate.tried(send, error('rate-limited', { retryAfterMs: 10 * SECOND }), 0);
    expect(gate.pass(other, undefined, 0)).toEqual({ is: 'account', until: 10 * SECOND });
    expect(gate.pass(other, undefined, 10 * SECOND)).toEqual({ is: 'go' });
    gate.tried(send, error('rate-limited', { retryAfterMs: 5 * SECOND, scope: 'chat' }), 10 * SECOND);
    expect(gate.pass(send, undefined, 11 * SECOND)).toEqual({ is: 'chat', until: 15 * SECOND });
    expect(gate.pass(other, undefined, 11 * SECOND)).toEqual({ is: 'go' });
  });

  it('keeps to the rates of the network, and gives back what was not used', () => {
    const gate = new Gate();
    const pace = { account: { burst: 2, perMs: 100 }, chat: { burst: 1, perMs: SECOND } };
    expect(gate.pass(send, pace, 0)).toEqual({ is: 'go' });
    gate.learn(send.chatId, pace, 0);
    expect(gate.pass(send, pace, 0)).toEqual({ is: 'chat', until: SECOND });
    expect(gate.pass(other, pace, 0)).toEqual({ is: 'go' });
    expect(gate.pass({ accountId: 'a', chatId: 'cleo' }, pace, 0)).toEqual({ is: 'account', until: 100 });
    gate.turnBack(other);
    expect(gate.pass({ accountId: 'a', chatId: 'cleo' }, pace, 0)).toEqual({ is: 'go' });
  });

  it('gives an account that fails a rest, and lets one try decide', () => {
    const gate = new Gate();
    for (const chatId of ['ann', 'bob', 'cleo']) gate.tried({ accountId: 'a', chatId }, error('temporary'), 0);
    expect(gate.pass(send, undefined, 0)).toMatchObject({
      is: 'account',
      until: 30 * SECOND,
      rest: { why: 'temporary' },
    });
    expect(gate.pass(send, undefined, 30 * SECOND)).toEqual({ is: 'go' });
    expect(gate.pass(other, undefined, 30 * SECOND)).toMatchObject({ is: 'account', rest: { deciding: true } });
    expect(gate.turnBack(send)).toBe(true);
    expect(gate.pass(other, undefined, 30 * SECOND)).toEqual({ is: 'go' });
    expect(gate.tried(other, undefined, 30 * SECOND)).toBe('works');
    expect(gate.resting('a', 30 * SECOND)).toBeUndefined();
  });

  it('begins anew with a new connection', () => {
    const gate = new Gate();
    for (const chatId of ['ann', 'bob', 'cleo']) gate.tried({ accountId: 'a', chatId }, error('auth'), 0);
    expect(gate.forget('a')).toBe(true);
    expect(gate.pass(send, undefined, 0)).toEqual({ is: 'go' });
    expect(gate.forget('a')).toBe(false);
  });
});
