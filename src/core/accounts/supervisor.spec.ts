import { expect, test } from 'vitest';
import type { State } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import type { AccountRow } from './store.js';
import { Supervisor } from './supervisor.js';

const account: AccountRow = {
  ...{ id: 'a', userId: 'u', network: 'none', channel: 'im', remoteId: 'me', name: 'Me', enabled: true },
  ...{ cursor: undefined, session: {} },
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

const unused = () => Promise.reject(new Error('not used here'));

/** A supervisor whose database is away for the first `failures` tries. */
function scene(failures: number) {
  const clock = new FakeClock();
  const stored: State['is'][] = [];
  let left = failures;
  const store = {
    all: async () => [],
    saveSession: unused,
    vault: () => {
      throw new Error('not used here');
    },
    setStates: async (_user: string, states: readonly { state: State }[]) => {
      if (left-- > 0) throw new Error('the database is away');
      stored.push(...states.map(({ state }) => state.is));
    },
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const services = {
    ...{ deliver: unused, ephemeral: () => {}, fetch: unused, checkServer: unused, webhookUrl: () => undefined },
    ...{ clock, log },
  };
  return { clock, stored, supervisor: new Supervisor(new Map(), store, services, log) };
}

test('a state that cannot be stored is tried again until it is', async () => {
  const { clock, stored, supervisor } = scene(2);
  const done = supervisor.record(account, { is: 'online' });
  await settle();
  expect(stored).toEqual([]);
  clock.advance(500);
  await settle();
  expect(stored).toEqual([]);
  clock.advance(1_000);
  await done;
  expect(stored).toEqual(['online']);
});

test('a newer state does not wait for the next try of the one before', async () => {
  const { clock, stored, supervisor } = scene(1);
  void supervisor.record(account, { is: 'connecting' });
  await settle();
  await supervisor.record(account, { is: 'online' });
  expect(stored).toEqual(['online']);
  expect(clock.pending).toBe(0);
});

test('nothing is tried on once it stops', async () => {
  const { clock, stored, supervisor } = scene(9);
  const done = supervisor.record(account, { is: 'online' });
  await settle();
  await supervisor.stopAll();
  await done;
  expect(stored).toEqual([]);
  expect(clock.pending).toBe(0);
});
