import { expect, test } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { AccountHost, type HostServices } from './host.js';
import type { AccountRow } from './store.js';

const unused = () => {
  throw new Error('not part of this test');
};
const account: AccountRow = {
  ...{ id: 'a', userId: 'u', network: 'talk', channel: 'im', remoteId: 'me', name: 'me', enabled: true },
  ...{ cursor: undefined, session: {} },
};
const bob = { id: 'b', address: 'b' };
const chat = { id: 'c', kind: 'direct' } as const;
const message: Event = { type: 'message', chat, id: 'm', from: bob, text: 'hello', format: 'plain', at: 1 };
const presence = (state: 'online' | 'away'): Event => ({ type: 'presence', buddy: bob, state });
const typing: Event = { type: 'typing', chat, from: bob, on: true };

function host() {
  const told: string[] = [];
  const stores: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const services: HostServices = {
    deliver: () => new Promise((resolve, reject) => stores.push({ resolve, reject })),
    ephemeral: (_account, events) =>
      void told.push(...events.map((event) => (event.type === 'presence' ? event.state : event.type))),
    ...{ state: unused, saveSession: unused, vault: unused, fetch: unused, checkServer: unused },
    ...{ webhookUrl: () => undefined, mayAct: () => true, clock: { now: () => 0, after: unused } },
    log: { debug: unused, info: unused, warn: unused },
  };
  return {
    host: new AccountHost(account, { ...services, vault: () => ({ read: unused, write: unused }) }),
    told,
    stores,
  };
}

test('presence is told once those are stored whom it came with, typing at once', async () => {
  const { host: one, told, stores } = host();
  const delivered = one.deliver([typing, presence('online'), message]);
  const after = one.deliver([presence('away')]);
  await Promise.resolve();
  expect(told).toEqual(['typing']);
  stores[0]!.resolve();
  await Promise.all([delivered, after]);
  expect(told).toEqual(['typing', 'online', 'away']);
});

test('what could not be stored is told when it is delivered again', async () => {
  const { host: one, told, stores } = host();
  const refused = one.deliver([presence('online'), message]);
  stores[0]!.reject(new Error('away'));
  await expect(refused).rejects.toThrow('away');
  expect(told).toEqual([]);
  const again = one.deliver([presence('online'), message]);
  stores[1]!.resolve();
  await again;
  expect(told).toEqual(['online']);
});
