import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import { FakeHost } from '../../sdk/testing/fake-host.js';
import { Pump } from './pump.js';

const message = (id: string): Event => ({
  ...({ type: 'message', chat: { id: 'chat', kind: 'direct' }, from: { id: 'bob', address: 'bob' } } as const),
  ...{ id, text: id, format: 'plain', at: 1 },
});
const idOf = (event: Event) => (event.type === 'message' ? event.id : '');

/** A host whose calls the test ends; its pauses end at once when it says so. */
function pump() {
  const calls: { ids: string[]; cursor: unknown; end: (error?: Error) => void }[] = [];
  const pauses: (() => void)[] = [];
  const host: Host = Object.assign(new FakeHost(), {
    deliver: (events: Event[], cursor?: unknown) =>
      new Promise<void>((resolve, reject) =>
        calls.push({ ids: events.map(idOf), cursor, end: (error) => (error ? reject(error) : resolve()) }),
      ),
    clock: {
      now: () => 0,
      after: (_ms: number, fn: () => void) => {
        pauses.push(fn);
        return () => {};
      },
    },
  });
  const full: boolean[] = [];
  return { pump: new Pump(host, (on) => full.push(on)), calls, pauses, full };
}
const refused = new AdapterError('temporary', 'not now');

test('the first goes at once, then what came in one turn together, without waiting for the one before', async () => {
  const { pump: one, calls } = pump();
  one.push([message('1')]);
  expect(calls.map(({ ids }) => ids)).toEqual([['1']]);
  one.push([message('2')]);
  one.push([message('3')], 'here');
  await turn();
  expect(calls.map(({ ids, cursor }) => [ids, cursor])).toEqual([
    [['1'], undefined],
    [['2', '3'], 'here'],
  ]);
});

test('what was refused is offered again after a pause, with all behind it, in order; nothing goes in between', async () => {
  const { pump: one, calls, pauses } = pump();
  one.push([message('1')]);
  one.push([message('2')]);
  await turn();
  calls[0]?.end(refused);
  await turn();
  one.push([message('3')]);
  await turn();
  expect(calls).toHaveLength(2);
  expect(pauses).toHaveLength(0);
  calls[1]?.end(refused);
  await turn();
  expect(calls).toHaveLength(2);
  for (const end of pauses) end();
  await turn();
  expect(calls[2]?.ids).toEqual(['1', '2', '3']);
});

test('what is stored before a refusal is not offered again', async () => {
  const { pump: one, calls, pauses } = pump();
  one.push([message('1')]);
  one.push([message('2')]);
  await turn();
  calls[0]?.end();
  calls[1]?.end(refused);
  await turn();
  for (const end of pauses) end();
  await turn();
  expect(calls[2]?.ids).toEqual(['2']);
});

test('reading stops where too much waits, calls under way counted, and goes on when there is room', async () => {
  const { pump: one, calls, full } = pump();
  one.push(Array.from({ length: 1_000 }, (_, at) => message(`${at}`)));
  await turn();
  expect(calls.map(({ ids }) => ids.length)).toEqual([500, 500]);
  expect(full).toEqual([true]);
  calls[0]?.end();
  await turn();
  expect(full).toEqual([true, false]);
});

test('a stop waits for what is under way, for as long as it is given', async () => {
  const { pump: one, calls } = pump();
  one.push([message('1')]);
  let stopped = false;
  const stop = one.stop(60_000).then(() => {
    stopped = true;
  });
  await turn();
  expect(stopped).toBe(false);
  calls[0]?.end();
  await stop;
  const other = pump();
  other.pump.push([message('1')]);
  await other.pump.stop(1);
});
