import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { PushServiceDouble } from '../support/push-service.js';

/** The built server and a push service that decrypts what comes, as a browser would. */
let parley: Parley;
let service: PushServiceDouble;
let chat: string;
let room: string;

beforeAll(async () => {
  service = await PushServiceDouble.start();
  parley = await Parley.start({ PARLEY_PUSH_HOSTS: '127.0.0.1' });
  await parley.setUp();
  const account = await parley.signIn('echo', 'name', { name: 'robin' });
  const open = async (how: object) =>
    (await parley.ok('POST', '/chats', { accountId: account.id, ...how })).conversation.id;
  chat = await open({ address: 'Echo' });
  room = await open({ join: '#parlour' });
});
afterAll(async () => {
  await parley.remove();
  service.stop();
});

const add = async (name: string): Promise<string> =>
  (await parley.ok('POST', '/push/subscriptions', { ...service.subscription(name), device: `Firefox on ${name}` })).id;
const say = (text: string, where = chat) => parley.ok('POST', `/conversations/${where}/messages`, { text });
const toldOf = (name: string, text: string) =>
  eventually(() => service.to(name).find((one) => one.text?.includes(text)), 15_000);
const readAll = async (where = chat): Promise<void> => {
  const { items } = await parley.ok('GET', `/conversations/${where}/messages?limit=1`);
  await parley.ok('PATCH', `/conversations/${where}`, { readMessageId: items[0].id });
};

test('a device is told of a message, encrypted for it alone, by a server that proves who it is', async () => {
  const id = await add('one');
  await say('first words');
  expect(await toldOf('one', 'first words')).toMatchObject({
    is: 'message',
    conversationId: chat,
    title: expect.stringMatching(/echo/i),
    count: 1,
    badge: expect.any(Number),
  });
  const [push] = service.pushes;
  expect(push!.headers).toMatchObject({ urgency: 'high', ttl: '86400' });
  expect(push!.headers.topic).toMatch(/^[\w-]{1,32}$/);
  expect(push!.issuer.aud).toBe(`http://127.0.0.1:${service.port}`);
  const { publicKey } = await parley.ok('GET', '/push/key');
  expect(push!.headers.authorization).toContain(`k=${publicKey}`);
  const { items } = await parley.ok('GET', '/push/subscriptions');
  expect(items).toEqual([expect.objectContaining({ id, device: 'Firefox on one', lastSentAt: expect.any(String) })]);
  expect(JSON.stringify(items)).not.toContain('127.0.0.1');
});

test('many messages of one moment are one push', async () => {
  const before = service.to('one').length;
  await Promise.all(Array.from({ length: 6 }, (_, index) => say(`many ${index}`)));
  await toldOf('one', 'many');
  await eventually(
    () =>
      service
        .to('one')
        .slice(before)
        .reduce((sum, one) => sum + one.count, 0) >= 6 || undefined,
  );
  expect(service.to('one').length - before).toBeLessThan(4);
});

test('the level, mute, snooze and quiet of a conversation are kept to', async () => {
  await readAll();
  const change = (body: object, where = chat) => parley.ok('PATCH', `/conversations/${where}`, body);
  for (const body of [
    { notify: 'none' },
    { notify: 'mentions' },
    { notify: null, mutedUntil: '2050-01-01T00:00:00.000Z' },
    { mutedUntil: null, snoozedUntil: '2050-01-01T00:00:00.000Z' },
  ]) {
    await change(body);
    await say(`unheard ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }
  await change({ snoozedUntil: null });
  await say('heard again');
  await toldOf('one', 'heard again');
  expect(service.to('one').some(({ text }) => text?.includes('unheard'))).toBe(false);
});

test('nothing is pushed while a window is looked at, and it is told itself', async () => {
  const { email, password } = OWNER;
  const { token } = await parley.ok('POST', '/sessions', { email, password });
  const socket = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const alerts: { text?: string }[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.type === 'alerts') alerts.push(...frame.alerts);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'looking', on: true }));
  await say('while looked at');
  await eventually(() => alerts.some(({ text }) => text?.includes('while looked at')) || undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(service.to('one').some(({ text }) => text?.includes('while looked at'))).toBe(false);
  socket.close();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await say('after it closed');
  await toldOf('one', 'after it closed');
});

test('reminders come due over a restart, and a snoozed conversation comes back', async () => {
  const soon = () => new Date(Date.now() + 4_000).toISOString();
  const { message } = await say('remember this');
  const set = await parley.ok('PUT', `/messages/${message.id}/reminder`, { at: soon() });
  expect(set.reminder).toMatchObject({ due: false });
  await parley.ok('PUT', `/conversations/${room}/reminder`, { at: soon() });
  await parley.ok('PATCH', `/conversations/${chat}`, { snoozedUntil: soon() });
  expect((await parley.ok('GET', '/reminders')).items).toHaveLength(2);
  await parley.kill();
  await parley.up();
  await eventually(() => service.to('one').filter(({ is }) => is === 'reminder').length === 2 || undefined);
  await eventually(() => service.to('one').some(({ is }) => is === 'snooze') || undefined);
  const { items } = await parley.ok('GET', '/reminders');
  expect(items.map(({ due }: { due: boolean }) => due)).toEqual([true, true]);
  expect(items[0].message?.text ?? items[1].message?.text).toBe('remember this');
  expect(await parley.ok('GET', `/conversations/${room}`)).toMatchObject({
    markedUnread: true,
    reminder: { due: true },
  });
  expect(await parley.ok('GET', `/conversations/${chat}`)).toMatchObject({ snoozedUntil: null });
  await parley.ok('DELETE', `/messages/${message.id}/reminder`);
  await parley.ok('DELETE', `/conversations/${room}/reminder`);
  expect((await parley.ok('GET', '/reminders')).items).toEqual([]);
});

test('a browser with another endpoint stays the device it was', async () => {
  const before = await add('before');
  const { endpoint: replaces } = service.subscription('before');
  const device = { ...service.subscription('after'), device: 'Firefox, renewed', replaces };
  expect((await parley.ok('POST', '/push/subscriptions', device)).id).toBe(before);
  const { items } = await parley.ok('GET', '/push/subscriptions');
  expect(items.map(({ device }: { device: string }) => device)).toEqual(['Firefox on one', 'Firefox, renewed']);
  // Told once more, or too late, it changes nothing.
  expect((await parley.ok('POST', '/push/subscriptions', device)).id).toBe(before);
  await say('to the new place');
  await toldOf('after', 'to the new place');
  expect(service.to('before')).toEqual([]);
  await parley.ok('DELETE', `/push/subscriptions/${before}`);
});

test('a push service that is away is asked again; a browser that is gone is dropped', async () => {
  await readAll();
  const { publicKey } = await parley.ok('GET', '/push/key');
  service.status = 503;
  const tries = service.tries;
  await say('not yet');
  await eventually(() => service.tries > tries || undefined);
  service.status = 201;
  await toldOf('one', 'not yet');
  service.status = 410;
  await say('nobody there');
  await eventually(async () => (await parley.ok('GET', '/push/subscriptions')).items.length === 0 || undefined);
  service.status = 201;
  expect((await parley.ok('GET', '/push/key')).publicKey).toBe(publicKey);
});

test.each([
  ['http://example.org/push', 'forbidden-address'],
  ['https://10.1.2.3/push', 'forbidden-address'],
  ['https://169.254.169.254/latest', 'forbidden-address'],
  ['ftp://example.org/', 'validation'],
])('%s is no place to push to', async (endpoint) => {
  const { keys } = service.subscription('odd');
  const answer = await parley.call('POST', '/push/subscriptions', { endpoint, keys, device: 'x' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});
