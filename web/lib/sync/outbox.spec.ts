import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetHeld, heldOf } from './held';
import {
  closeOutbox,
  discardPending,
  enqueue,
  flushOutbox,
  openOutbox,
  type Pending,
  pendingOf,
  retryPending,
} from './outbox';
import { store } from './store';

type Seen = { path: string; key: string; text: string };
type Answer = { status: number; body?: object; headers?: Record<string, string> };

/** A browser's storage, as far as the outbox uses it. */
class MemoryStorage {
  private readonly entries = new Map<string, string>();
  get length() {
    return this.entries.size;
  }
  key = (index: number) => [...this.entries.keys()][index] ?? null;
  getItem = (key: string) => this.entries.get(key) ?? null;
  setItem = (key: string, value: string) => void this.entries.set(key, value);
  removeItem = (key: string) => void this.entries.delete(key);
}

// For the whole file: the store goes on telling its changes, by timer, after the test that made them.
vi.stubGlobal('document', { hidden: true });
const send = globalThis.fetch;

let server: Server;
let seen: Seen[] = [];
/** What the server says next; with none left it accepts. */
let answers: (Answer | 'hang up')[] = [];
let storage: MemoryStorage;

const accepted = (seen: Seen): Answer => ({ status: 201, body: { message: { id: seen.key }, deliveries: [] } });
const refused = { status: 422, body: { code: 'invalid', detail: 'This cannot be sent.' } };
const away = { status: 503, body: { code: 'unavailable', detail: 'Try again soon.' } };
const texts = (items: Pending[]) => items.map((item) => item.body.text);
const write = (text: string, conversation = 'v1') => enqueue(conversation, { text }, []);
const settled = (conversation = 'v1') =>
  vi.waitFor(() => expect(pendingOf(conversation).some((item) => item.state === 'sending')).toBe(false));

beforeEach(async () => {
  seen = [];
  answers = [];
  storage = new MemoryStorage();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const call = {
        path: request.url ?? '',
        key: String(request.headers['idempotency-key']),
        text: JSON.parse(body).text,
      };
      seen.push(call);
      const answer = answers.shift() ?? accepted(call);
      if (answer === 'hang up') return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => send(origin + path, init));
  vi.stubGlobal('localStorage', storage);
  openOutbox('u1');
});

afterEach(async () => {
  closeOutbox();
  store.clear();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('messages of one conversation go out one by one, in order', async () => {
  for (const text of ['one', 'two', 'three']) write(text);
  expect(texts(pendingOf('v1'))).toEqual(['one', 'two', 'three']);
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
  expect(seen.map((call) => call.text)).toEqual(['one', 'two', 'three']);
  expect(seen[0]?.path).toBe('/api/v1/conversations/v1/messages');
  expect(storage.length).toBe(0);
});

test.each([
  ['no answer', 'hang up' as const],
  ['a server that is busy', away],
  ['a session that ended', { status: 401, body: {} }],
])('after %s the message waits and goes out later under the same key', async (_, answer) => {
  answers = [answer];
  write('hello');
  await settled();
  expect(pendingOf('v1')[0]?.state).toBe('waiting');
  flushOutbox();
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
  expect(seen).toHaveLength(2);
  expect(seen[0]?.key).toBe(seen[1]?.key);
});

test('a message that waits holds back those after it, in its conversation alone', async () => {
  answers = [away];
  write('first');
  write('second');
  await settled();
  write('elsewhere', 'v2');
  await vi.waitFor(() => expect(pendingOf('v2')).toEqual([]));
  expect(seen.map((call) => call.text)).toEqual(['first', 'elsewhere']);
  expect(texts(pendingOf('v1'))).toEqual(['first', 'second']);
});

test('a refused message says why and lets those after it pass', async () => {
  answers = [refused];
  write('bad');
  write('good');
  await vi.waitFor(() => expect(texts(pendingOf('v1'))).toEqual(['bad']));
  expect(pendingOf('v1')[0]).toMatchObject({ state: 'failed', why: 'This cannot be sent.' });
  expect(seen.map((call) => call.text)).toEqual(['bad', 'good']);
  retryPending(pendingOf('v1')[0]?.key ?? '');
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
});

test('a discarded message is gone from the storage too', async () => {
  answers = [refused];
  write('bad');
  await vi.waitFor(() => expect(pendingOf('v1')[0]?.state).toBe('failed'));
  const item = discardPending(pendingOf('v1')[0]?.key ?? '');
  expect(item?.body.text).toBe('bad');
  expect(storage.length).toBe(0);
});

test('what was not sent survives a reload, keys and order and all', async () => {
  answers = [away];
  write('first');
  write('second');
  await settled();
  const before = pendingOf('v1').map((item) => item.key);
  openOutbox('u1');
  expect(pendingOf('v1').map((item) => item.key)).toEqual(before);
  expect(pendingOf('v1').every((item) => item.state === 'waiting')).toBe(true);
});

test('another user never sees nor sends what the one before wrote', async () => {
  answers = [away];
  write('secret');
  await settled();
  openOutbox('u2');
  expect(pendingOf('v1')).toEqual([]);
  flushOutbox();
  write('mine');
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
  expect(seen.map((call) => call.text)).toEqual(['secret', 'mine']);
  openOutbox('u1');
  expect(texts(pendingOf('v1'))).toEqual(['secret']);
});

test('an answer that comes after the user left changes nothing of the next one', async () => {
  write('late');
  openOutbox('u2');
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  write('mine');
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
  openOutbox('u1');
  expect(texts(pendingOf('v1'))).toEqual(['late']);
});

test('a full outbox takes no more', () => {
  answers = [away];
  for (let index = 0; index < 200; index += 1) expect(write(`text ${index}`)).toBe(true);
  expect(write('one more')).toBe(false);
  expect(pendingOf('v1')).toHaveLength(200);
});

test('a damaged entry in the storage is dropped, the others are kept', async () => {
  answers = [away];
  write('whole');
  await settled();
  storage.setItem('parley.outbox.u1.broken', '{');
  openOutbox('u1');
  expect(texts(pendingOf('v1'))).toEqual(['whole']);
  expect(storage.getItem('parley.outbox.u1.broken')).toBe(null);
});

test('what the server holds back can be given back as it was written, until it goes', async () => {
  answers = [{ status: 201, body: { message: { id: 'm1', undoUntil: '2026-11-28T12:00:10Z' }, deliveries: [] } }];
  enqueue('v1', { text: 'wait', subject: 'The plan', undo: 'PT10S' }, []);
  await vi.waitFor(() => expect(pendingOf('v1')).toEqual([]));
  const [held] = heldOf('v1');
  expect(held).toMatchObject({ messageId: 'm1', body: { text: 'wait', subject: 'The plan' } });
  expect((held?.until ?? 0) - Date.now()).toBeLessThanOrEqual(10_000);
  expect(heldOf('v2')).toEqual([]);
  forgetHeld('m1');
  expect(heldOf('v1')).toEqual([]);
});
