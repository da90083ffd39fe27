import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApi, type TestApi } from '../support/api.js';
import { tokenOf } from '../support/caller.js';

/** What counts as a person at a client: not what programs do, and not a page that merely stands open. */
let api: TestApi;
let session: string;
let personal: string;
let active: string[] = [];

beforeAll(async () => {
  api = await startApi();
  session = await api.setup();
  personal = tokenOf((await api.call('POST', '/tokens', { token: session, json: { name: 'a program' } })).json);
  api.services.digests.active = (userId) => void active.push(userId);
});
afterAll(() => api.stop());
beforeEach(() => {
  active = [];
});

const me = async () => ((await api.call('GET', '/me', { token: session })).json as { id: string }).id;

async function says(token: string, ...frames: string[]): Promise<void> {
  const socket = new WebSocket(`${api.baseUrl.replace('http', 'ws')}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(socket, 'open');
  for (const frame of frames) socket.send(frame);
  await sleep(100);
  socket.terminate();
}

test('what a session writes counts, what it reads does not', async () => {
  const id = await me();
  await api.call('GET', '/conversations', { token: session });
  expect(active).toEqual([]);
  await api.call('PATCH', '/me', { token: session, json: { sendTyping: true } });
  expect(active).toEqual([id]);
});

test('what a personal token does never counts', async () => {
  await api.call('PATCH', '/me', { token: personal, json: { sendTyping: true } });
  await says(personal, '{"type":"active"}');
  expect(active).toEqual([]);
});

test('a stream counts once its client says so', async () => {
  await says(
    session,
    'not JSON',
    '{"type":"unknown"}',
    '{"type":"active","more":1}',
    `{"type":"${'x'.repeat(60_000)}"}`,
  );
  expect(active).toEqual([]);
  await says(session, '{"type":"active"}');
  expect(active).toEqual([await me()]);
});

test('how long sending can be undone is kept, within its limits', async () => {
  const patch = (json: object) => api.call('PATCH', '/me', { token: session, json });
  expect((await api.call('GET', '/me', { token: session })).json).toMatchObject({
    undoSeconds: 10,
    undoFor: 'lasting',
  });
  expect((await patch({ undoSeconds: 0, undoFor: 'all' })).json).toMatchObject({ undoSeconds: 0, undoFor: 'all' });
  for (const wrong of [{ undoSeconds: 61 }, { undoSeconds: -1 }, { undoSeconds: 1.5 }, { undoFor: 'none' }])
    expect((await patch(wrong)).status).toBe(422);
});

test('settings are kept entry by entry', async () => {
  const patch = (json: object) => api.call('PATCH', '/me', { token: session, json });
  expect((await patch({ settings: { theme: 'dark', clock: '24' } })).status).toBe(200);
  expect((await patch({ settings: { theme: 'light' } })).json).toMatchObject({
    settings: { theme: 'light', clock: '24' },
  });
  expect((await patch({ settings: { theme: 'pink' } })).status).toBe(422);
});
