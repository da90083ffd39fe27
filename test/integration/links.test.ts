import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/api/app.js';
import { createIdentity } from '../../src/infra/auth/identity.js';
import { LinkSigner } from '../../src/infra/crypto/link-signer.js';
import { createIdempotency } from '../../src/infra/users/idempotency.js';
import { createUsers } from '../../src/infra/users/users.js';
import { makeAccount, makeUser, open, plain, reach, startWorld, type World } from '../support/sending.js';
import { emptyServices } from '../support/service-doubles.js';

/** Messages to a network without files, over the real services and the real HTTP server; only the network is scripted. */
const DAY = 86_400_000;
const LINK = /https:\/\/parley\.example(\/[fl]\/\S+)/;

let world: World;
let app: NestFastifyApplication;
let baseUrl: string;

beforeAll(async () => {
  world = await startWorld({ linkBase: 'https://parley.example' });
  const { prisma, links } = world;
  app = await createApp({
    services: { ...emptyServices(), links },
    identity: createIdentity(prisma),
    users: createUsers(prisma, () => {}),
    idempotency: createIdempotency(prisma),
    config: { publicUrl: 'https://parley.example', version: '0' },
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    readiness: async () => ({ database: { ok: true } }),
  });
  await app.listen(0, '127.0.0.1');
  baseUrl = (await app.getUrl()).replace('[::1]', '127.0.0.1');
});
afterAll(async () => {
  await app.close();
  await world.stop();
});
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

const get = (path: string, init: RequestInit = {}) => fetch(baseUrl + path, { redirect: 'manual', ...init });
const heard = (index = -1) => world.script.seen.at(index)!.text;
const pathOf = (text: string) => LINK.exec(text)![1]!;

async function chat(network: 'text' | 'plain' | 'talk' = 'plain') {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, network);
  const { conversationId } = await open(world, account, 'bob');
  const put = (bytes: Buffer, name = 'photo.jpg', type = 'image/jpeg') =>
    world.attachments.put(userId, {
      name,
      type,
      content: (async function* () {
        yield bytes;
      })(),
    });
  const send = async (text: string, more: object = {}) => {
    const { message } = await world.messages.send(userId, conversationId, { ...plain(text), ...more });
    await reach(world, message, 'sent');
    return message;
  };
  return { userId, account, conversationId, put, send };
}

test('a file goes as a link to its bytes, and to nothing that could run', async () => {
  const { put, send } = await chat();
  const bytes = randomBytes(300_000);
  const photo = await put(bytes);
  const page = await put(Buffer.from('<script>alert(1)</script>'), 'שלום "x"\u202e.html', 'text/html');
  await send('Look', { attachments: [photo.id, page.id] });
  const [words, first, second] = heard().split('\n');
  expect(words).toBe('Look');
  expect(first).toMatch(/^photo\.jpg \(300 kB\): https:\/\/parley\.example\/f\/[\w-]{22}\?s=[\w-]{22}$/);
  expect(world.script.seen[0]!.message.attachments).toEqual([]);

  const answer = await get(pathOf(first!));
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': '300000',
    'content-disposition': `attachment; filename="photo.jpg"; filename*=UTF-8''photo.jpg`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  expect(answer.headers.get('set-cookie')).toBeNull();

  const html = await get(pathOf(second!));
  expect(html.headers.get('content-type')).toBe('application/octet-stream');
  expect(html.headers.get('content-disposition')).toMatch(/^attachment; /);

  const head = await get(pathOf(first!), { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '300000', '']);
});

test('forged, cut, of another file or of nothing: 404 in plain text, the same for all', async () => {
  const { put, send } = await chat();
  await send('', { attachments: [(await put(Buffer.from('one'))).id] });
  const one = pathOf(heard());
  await send('', { attachments: [(await put(Buffer.from('two'))).id] });
  const two = pathOf(heard());
  const [, token = '', signature = ''] = /\/f\/(.+)\?s=(.+)/.exec(one) ?? [];
  const [, otherToken = '', otherSignature = ''] = /\/f\/(.+)\?s=(.+)/.exec(two) ?? [];
  const stranger = new LinkSigner([randomBytes(32)]).sign(world.script.seen[0]!.key);
  for (const path of [
    `/f/${otherToken}?s=${signature}`,
    `/f/${token}?s=${otherSignature}`,
    `/f/${token}`,
    `/f/${token}?s=${signature}&s=${signature}`,
    `/f/${token}?s=${signature.slice(0, -1)}`,
    `/f/${token}?s=`,
    `/f/${stranger.token}?s=${stranger.signature}`,
    `/f/..%2f..%2fetc%2fpasswd?s=${signature}`,
    '/f/x?s=x',
    '/l/123456789',
    '/l/x',
    "/l/' OR 1=1",
  ]) {
    const answer = await get(path);
    expect([path, answer.status, await answer.text()]).toEqual([path, 404, 'There is nothing at this address.\n']);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  }
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await get(one, { method })).status).toBe(404);
});

test('sent again it has the same links; they end 7 days after the last time, and say so', async () => {
  const { userId, put, send } = await chat();
  const message = await send('', { attachments: [(await put(Buffer.from('one'))).id] });
  const first = heard();
  const path = pathOf(first);
  world.clock.advance(5 * DAY);
  await world.pool.query(`UPDATE deliveries SET status = 'failed' WHERE message_id = $1`, [message.id]);
  const [delivery] = await world.messages.deliveries(userId, message.id);
  await world.process.deliveries.retry(userId, delivery!.id);
  await reach(world, message, 'sent');
  expect(world.script.texts()).toEqual([first, first]);
  world.clock.advance(6 * DAY);
  expect((await get(path)).status).toBe(200);
  world.clock.advance(DAY + 1);
  for (const method of ['GET', 'HEAD']) expect((await get(path, { method })).status).toBe(410);
  expect(await (await get(path)).text()).toBe('This link has expired.\n');
  world.clock.advance(31 * DAY);
  await world.links.dropStale();
  expect((await get(path)).status).toBe(404);
});

test('the sender ends them, nobody else; what was ended stays so when the message is sent again', async () => {
  const { userId, put, send } = await chat();
  const message = await send('', { attachments: [(await put(Buffer.from('one'))).id] });
  const path = pathOf(heard());
  const other = await makeUser(world.prisma);
  await expect(world.links.revoke(other, message.id)).rejects.toMatchObject({ kind: 'not-found' });
  expect((await get(path)).status).toBe(200);
  const [link] = await world.links.list(userId, message.id);
  expect(link).toEqual({
    kind: 'file',
    leadsTo: 'photo.jpg',
    address: `https://parley.example${path}`,
    expiresAt: new Date(world.clock.now() + 7 * DAY).toISOString(),
  });
  await expect(world.links.list(other, message.id)).rejects.toMatchObject({ kind: 'not-found' });
  await world.links.revoke(userId, message.id);
  expect((await world.links.list(userId, message.id))[0]).toMatchObject({ ...link, endedAt: expect.anything() });
  expect([(await get(path)).status, await (await get(path)).text()]).toEqual([410, 'This link was taken back.\n']);
  await world.pool.query(`UPDATE deliveries SET status = 'failed' WHERE message_id = $1`, [message.id]);
  await world.process.deliveries.retry(userId, (await world.messages.deliveries(userId, message.id))[0]!.id);
  await reach(world, message, 'sent');
  expect((await get(path)).status).toBe(410);
});

test('they end with their message, and with the bytes', async () => {
  const { put, send } = await chat();
  const deleted = await send('', { attachments: [(await put(Buffer.from('one'))).id] });
  const ofDeleted = pathOf(heard());
  await world.pool.query('UPDATE messages SET deleted_at = now() WHERE id = $1', [deleted.id]);
  expect((await get(ofDeleted)).status).toBe(410);
  const file = await put(Buffer.from('two'));
  await send('', { attachments: [file.id] });
  await world.pool.query('DELETE FROM attachments WHERE id = $1', [file.id]);
  expect((await get(pathOf(heard()))).status).toBe(404);
});

test('short links are made by SMS where they are asked for, and lead where the writer said', async () => {
  const { userId, conversationId, send } = await chat('text');
  const long = 'https://shop.example/a/very/long/address/of/a/thing?with=a&query=1#and-more';
  await send(`Buy it (${long}).`);
  expect(heard()).toBe(`Buy it (${long}).`);
  const message = await send(`Buy it (${long}).`, { shortenLinks: true });
  expect(heard()).toMatch(/^Buy it \(https:\/\/parley\.example\/l\/[\w-]{9}\)\.$/);
  const path = /(\/l\/[\w-]{9})/.exec(heard())![1]!;
  const answer = await get(path);
  expect([answer.status, answer.headers.get('location'), answer.headers.get('referrer-policy')]).toEqual([
    302,
    long,
    'no-referrer',
  ]);
  expect(await world.links.list(userId, message.id)).toMatchObject([{ kind: 'short', leadsTo: long }]);
  // The same message has one code; another message another one.
  await send(`Buy it (${long}).`, { shortenLinks: true });
  expect(heard()).not.toContain(path);
  world.clock.advance(30 * DAY + 1);
  expect((await get(path)).status).toBe(410);
  const { rows } = await world.pool.query('SELECT url FROM short_links WHERE message_id = $1', [message.id]);
  expect(rows).toEqual([{ url: long }]);
  const { items } = await world.messages.timeline(userId, conversationId, { limit: 5 });
  expect(items.every((item) => item.text.includes(long))).toBe(true);
});

test('without an address of ours there are no links: refused before anything is queued', async () => {
  const bare = await startWorld();
  const userId = await makeUser(bare.prisma);
  const account = await makeAccount(bare, userId, 'plain');
  const { conversationId } = await open(bare, account, 'bob');
  const file = await bare.attachments.put(userId, {
    name: 'a',
    type: 'text/plain',
    content: (async function* () {})(),
  });
  await expect(
    bare.messages.send(userId, conversationId, { ...plain('x'), attachments: [file.id] }),
  ).rejects.toMatchObject({ code: 'attachments-not-possible', message: expect.stringContaining('PARLEY_PUBLIC_URL') });
  await bare.stop();
});

test('nobody gets to guess many', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => get('/l/123456789')));
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(50);
});
