import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FrameListener } from '../../src/core/services.js';
import { ADMIN, startApi, type TestApi } from '../support/api.js';
import { tokenOf } from '../support/caller.js';

type Subscription = { userId: string; since: number | undefined; say: FrameListener; ended: boolean };

let api: TestApi;
let token: string;
let subscriptions: Subscription[];

beforeAll(async () => {
  api = await startApi();
  token = await api.setup();
  api.services.sync.subscribe = async (userId, since, say) => {
    const subscription = { userId, since, say, ended: false };
    subscriptions.push(subscription);
    return () => {
      subscription.ended = true;
    };
  };
});
afterAll(() => api.stop());
beforeEach(() => {
  subscriptions = [];
});

const connect = (query = '', headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  new WebSocket(`${api.baseUrl.replace('http', 'ws')}/api/v1/stream${query}`, { headers });

/** The HTTP status a client gets: 101 for a socket. */
async function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('error', reject);
  });
}

async function open(socket: WebSocket): Promise<Subscription> {
  const before = subscriptions.length;
  await once(socket, 'open');
  await expect.poll(() => subscriptions.length).toBe(before + 1);
  return subscriptions[before]!;
}

const closed = async (socket: WebSocket): Promise<number> => {
  const [code] = await once(socket, 'close');
  return Number(code);
};

test('frames go out as the core says them, from where the client left off', async () => {
  const socket = connect('?since=41');
  const subscription = await open(socket);
  expect(subscription.since).toBe(41);
  const frame = '{"type":"changes","changes":[],"rev":42}';
  const heard = once(socket, 'message');
  subscription.say(frame);
  expect(String((await heard)[0])).toBe(frame);
  socket.close();
  await expect.poll(() => subscription.ended).toBe(true);
});

test('who may not come in is told why', async () => {
  const cookie = async () => {
    const { headers } = await api.call('POST', '/sessions', { json: ADMIN });
    return /parley_session=[^;]+/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '';
  };
  const own = await cookie();
  expect(await statusOf(connect('', {}))).toBe(401);
  expect(await statusOf(connect(`?token=${token}`, {}))).toBe(401);
  expect(await statusOf(connect('', { authorization: 'Bearer wrong' }))).toBe(401);
  expect(await statusOf(connect('', { cookie: own, origin: 'https://evil.example' }))).toBe(403);
  expect(await statusOf(connect('', { cookie: own, origin: 'null' }))).toBe(403);
  expect(await statusOf(connect('', { cookie: own, origin: api.baseUrl }))).toBe(101);
  for (const since of ['-1', 'x', '1.5', '']) expect(await statusOf(connect(`?since=${since}`))).toBe(422);
});

test('signing out closes the socket at once', async () => {
  const session = tokenOf((await api.call('POST', '/sessions', { json: ADMIN })).json);
  const socket = connect('', { authorization: `Bearer ${session}` });
  const subscription = await open(socket);
  const end = closed(socket);
  await api.call('DELETE', '/sessions/current', { token: session });
  expect(await end).toBe(1008);
  await expect.poll(() => subscription.ended).toBe(true);
});

test('a token that is revoked closes its socket at once, and no other', async () => {
  const session = tokenOf((await api.call('POST', '/sessions', { json: ADMIN })).json);
  const made = (await api.call('POST', '/tokens', { json: { name: 'robot' }, token: session })).json as {
    id: string;
    token: string;
  };
  const revoked = connect('', { authorization: `Bearer ${made.token}` });
  await open(revoked);
  const kept = connect('', { authorization: `Bearer ${session}` });
  await open(kept);
  const end = closed(revoked);
  await api.call('DELETE', `/tokens/${made.id}`, { token: session });
  expect(await end).toBe(1008);
  expect(kept.readyState).toBe(kept.OPEN);
  kept.close();
});

test('unknown frames are ignored, oversized ones and floods end the socket', async () => {
  const socket = connect();
  const subscription = await open(socket);
  socket.send('not json');
  socket.send(Buffer.from([1, 2, 3]));
  socket.send('{"type":"__proto__"}');
  const heard = once(socket, 'message');
  subscription.say('{"type":"ping"}');
  await heard;
  const tooLong = closed(socket);
  socket.send('x'.repeat(64 * 1024 + 1));
  expect(await tooLong).toBe(1009);

  const flooding = connect();
  await open(flooding);
  const end = closed(flooding);
  for (let i = 0; i < 250; i++) flooding.send('{}');
  expect(await end).toBe(1008);
});

test('a client that does not read is sent away to resume, and its frames are not kept', async () => {
  const socket = connect();
  const subscription = await open(socket);
  socket.pause();
  const end = closed(socket);
  const frame = JSON.stringify({ type: 'changes', changes: [], rev: 1, pad: 'x'.repeat(1024 * 1024) });
  for (let i = 0; i < 64; i++) subscription.say(frame);
  socket.resume();
  expect(await end).toBe(1013);
  await expect.poll(() => subscription.ended).toBe(true);
});

test('a user has at most 50 streams', async () => {
  const sockets = Array.from({ length: 50 }, () => connect());
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  expect(await statusOf(connect())).toBe(429);
  for (const socket of sockets) socket.terminate();
  await expect.poll(() => statusOf(connect())).toBe(101);
});

test('a database that is away sends the client off to try again', async () => {
  const { subscribe } = api.services.sync;
  api.services.sync.subscribe = async () => {
    throw new Error('away');
  };
  const socket = connect();
  expect(await closed(socket)).toBe(1013);
  api.services.sync.subscribe = subscribe;
});

test('a server that stops says goodbye', async () => {
  const other = await startApi();
  try {
    const otherToken = await other.setup();
    const socket = new WebSocket(`${other.baseUrl.replace('http', 'ws')}/api/v1/stream`, {
      headers: { authorization: `Bearer ${otherToken}` },
    });
    await once(socket, 'open');
    const end = closed(socket);
    await other.stop();
    expect(await end).toBe(1001);
  } finally {
    await other.stop().catch(() => {});
  }
});
