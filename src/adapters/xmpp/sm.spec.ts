import { expect, test, vi } from 'vitest';
import { StreamManagement } from './sm.js';
import { el } from './wire.js';

const stanza = () => ({ element: el('message'), written: true, settle: vi.fn() });

test('a stanza counts as handled once what came before it is stored too', () => {
  const sm = new StreamManagement();
  sm.begin('id');
  const [first, second, third] = [sm.received(), sm.received(), sm.received()];
  second();
  expect(sm.handled).toBe(0);
  first();
  expect(sm.handled).toBe(2);
  third();
  expect(sm.handled).toBe(3);
});

test('what the server has is settled in order; the rest is sent again, but not what nobody waits for', () => {
  const sm = new StreamManagement();
  sm.begin('id');
  const [one, two, three] = [stanza(), { ...stanza(), dropped: true }, stanza()];
  for (const outgoing of [one, two, three]) sm.sent(outgoing);
  sm.ack(1);
  expect(one.settle).toHaveBeenCalledWith('acked');
  expect(sm.again()).toEqual([three]);
  sm.lose();
  expect(three.settle).toHaveBeenCalledWith('lost');
  expect(two.settle).not.toHaveBeenCalled();
});

test('a count that cannot be is ignored', () => {
  const sm = new StreamManagement();
  sm.begin('id');
  const one = stanza();
  sm.sent(one);
  for (const h of [2, -1, Number.NaN, 1e300, 0]) sm.ack(h);
  expect(one.settle).not.toHaveBeenCalled();
  sm.ack(1);
  expect(one.settle).toHaveBeenCalledOnce();
});
