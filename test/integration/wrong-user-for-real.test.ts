import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/api/app.js';
import { Dispatcher } from '../../src/core/webhooks/dispatcher.js';
import { Webhooks } from '../../src/core/webhooks/service.js';
import { createIdentity } from '../../src/infra/auth/identity.js';
import { SecretBox } from '../../src/infra/crypto/secret-box.js';
import { Devices } from '../../src/infra/database/attention/devices.js';
import { Reminders } from '../../src/infra/database/attention/reminders.js';
import { imagesNamed } from '../../src/infra/database/messages/images.js';
import { LinkPreviews } from '../../src/infra/database/messages/link-previews.js';
import { Routes } from '../../src/infra/database/routes.js';
import { Templates } from '../../src/infra/database/templates.js';
import { RemoteImages } from '../../src/infra/net/remote-images.js';
import { PushKeys } from '../../src/infra/push/keys.js';
import { createIdempotency } from '../../src/infra/users/idempotency.js';
import { createUsers } from '../../src/infra/users/users.js';
import { PgWebhookStore } from '../../src/infra/webhooks/store.js';
import { type Call, caller, tokenOf } from '../support/caller.js';
import { deliver, makeAccount, plain, reach, startWorld, until, type World } from '../support/sending.js';
import { emptyServices } from '../support/service-doubles.js';
import { type OwnIds, triesOn, walk } from '../support/wrong-user.js';

/** The real API over the real services and a real database; only the network is scripted. */
let world: World;
let app: NestFastifyApplication;
let images: RemoteImages;
let baseUrl: string;
let call: Call;

beforeAll(async () => {
  world = await startWorld();
  const { prisma, pool, clock, attachments, uploads } = world;
  const { accountService, contacts, conversations, rooms, messages, groups, broadcasts, digests } = world.process;
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const box = new SecretBox([randomBytes(32)]);
  const store = new PgWebhookStore(pool, box);
  const nothing = { newest: async () => 0, since: async () => ({ changes: [], rev: 0, more: false }) };
  const dispatcher = new Dispatcher(store, nothing, async () => undefined, clock, log);
  images = new RemoteImages(imagesNamed(prisma), []);
  const linkPreviews = new LinkPreviews(pool, {
    message: (...ids) => messages.get(...ids),
    channelOf: () => 'im',
    read: async () => undefined,
    changed: () => {},
  });
  app = await createApp({
    services: {
      ...emptyServices(),
      ...{
        accounts: accountService,
        contacts,
        conversations,
        rooms,
        messages,
        groups,
        broadcasts,
        digests,
        quarantine: world.process.quarantine,
        attachments,
        uploads,
        linkPreviews,
        images,
      },
      ...{ links: world.links, previews: world.process.previews, templates: new Templates(pool) },
      routes: new Routes(pool, world.process.supervisor, () => {}),
      webhooks: new Webhooks(store, dispatcher, () => {}),
      reminders: new Reminders(
        pool,
        (...ids) => conversations.get(...ids),
        () => {},
      ),
      push: new Devices(pool, box, new PushKeys(pool, box), () => {}, nobody),
    },
    identity: createIdentity(prisma),
    users: createUsers(prisma, () => {}),
    idempotency: createIdempotency(prisma),
    config: { publicUrl: undefined, version: '0' },
    log,
    readiness: async () => ({ database: { ok: true } }),
  });
  await app.listen(0, '127.0.0.1');
  baseUrl = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  call = caller(baseUrl);
});
afterAll(async () => {
  await app.close();
  await images.close();
  await world.stop();
});

type Person = { userId: string; token: string; cookie: string; account: { id: string }; ids: OwnIds };

const nobody = { devicesChanged: async () => {}, looking: () => {}, away: () => {} };
const newDevice = (name: string) => ({
  endpoint: `https://push.example.org/${name}`,
  keys: { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: Buffer.alloc(16).toString('base64url') },
  device: 'Firefox',
});

/** A user with something of every kind. */
async function person(name: string, admin: string | undefined): Promise<Person> {
  const json = { email: `${name}@example.org`, password: 'a long password', name };
  if (admin === undefined) await call('POST', '/setup', { json });
  else await call('POST', '/users', { json, token: admin });
  const session = await call('POST', '/sessions', { json });
  const token = tokenOf(session.json);
  const cookie = /parley_session=[^;]+/.exec(session.headers.get('set-cookie') ?? '')?.[0] ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
  const ok = async (method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await call(method, path, { token, json: body });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const me = await ok('GET', '/me');
  const account = await makeAccount(world, me.id, 'rich');
  const room = await ok('POST', '/chats', { accountId: account.id, join: '#room' });
  const ann = { id: 'ann', address: 'ann', name: 'Ann' };
  const html = '<img src="https://example.org/a.png">';
  await deliver(world, account, {
    ...{ type: 'message', chat: room.chat.name ? { id: '#room', kind: 'channel' } : room.chat, id: 'm1', from: ann },
    ...{ text: 'secret', html, format: 'html', at: world.clock.now() },
  });
  await deliver(world, account, {
    ...{ type: 'message', chat: { id: '#room', kind: 'channel' }, id: 'bad\0id', from: ann, text: 'x' },
    ...{ format: 'plain', at: world.clock.now() },
  });
  const contact = await ok('POST', '/contacts', { name: 'Ann', buddies: [{ accountId: account.id, address: 'ann' }] });
  const { message, deliveries } = await ok('POST', `/conversations/${room.conversation.id}/messages`, plain('mine'));
  await reach(world, message, 'sent');
  const content = Readable.from([Buffer.from('file')]);
  const file = await world.attachments.put(me.id, { name: 'f', type: 'text/plain', content });
  const ids: OwnIds = {
    token: (await ok('POST', '/tokens', { name })).id,
    login: (await ok('POST', '/logins', { network: 'rich' })).id,
    account: account.id,
    profile: me.profiles[0].id,
    contact: contact.id,
    buddy: contact.buddies[0].id,
    conversation: room.conversation.id,
    group: (await ok('POST', '/groups', { name: 'Us', contactIds: [contact.id] })).id,
    chat: room.chat.id,
    message: message.id,
    delivery: deliveries[0].id,
    attachment: file.id,
    upload: (await world.uploads.begin(me.id, { name: 'f', type: 'text/plain', size: 9 })).id,
    template: (await ok('POST', '/templates', { name: 'Hello', text: 'hello' })).id,
    route: (await ok('POST', '/routes', { name: 'Family', policy: { steps: [{ channels: ['im'] }] } })).id,
    broadcast: (
      await ok('POST', '/broadcasts', {
        to: [contact.id],
        text: 'all',
        sendAt: new Date(world.clock.now() + 86_400_000).toISOString(),
      })
    ).id,
    webhook: (await ok('POST', '/webhooks', { url: 'https://example.org/' })).id,
    device: (await ok('POST', '/push/subscriptions', newDevice(name))).id,
    quarantined: (await ok('GET', '/quarantine')).items[0].id,
  };
  return { userId: me.id, token, cookie, account, ids };
}

/** All rows of a user, whatever table. */
async function rowsOf(userId: string): Promise<unknown> {
  const of = async (table: string, where: string) =>
    (await world.pool.query(`SELECT * FROM ${table} WHERE ${where} ORDER BY id`, [userId])).rows;
  const mine = 'user_id = $1';
  const chats = 'account_id IN (SELECT id FROM accounts WHERE user_id = $1)';
  return Promise.all([
    ...['users'].map((table) => of(table, 'id = $1')),
    ...[
      'accounts',
      'contacts',
      'conversations',
      'messages',
      'deliveries',
      'attachments',
      'templates',
      'quarantined',
      'routes',
      'webhooks',
      'push_subscriptions',
      'broadcasts',
      'api_tokens',
    ].map((table) => of(table, mine)),
    ...['chats', 'buddies'].map((table) => of(table, chats)),
  ]);
}

let ann: Person;
let bob: Person;

test('every call as the wrong user finds nothing, changes nothing and tells no network', async () => {
  ann = await person('ann', undefined);
  bob = await person('bob', ann.token);
  const before = await rowsOf(ann.userId);
  world.script.rich.told(ann.account);
  const answers = await walk(baseUrl, bob.token, triesOn(bob.ids, ann.ids));
  expect(answers.length).toBeGreaterThan(45);
  expect(answers.filter(({ status }) => status !== 404 && status !== 422).map(({ line }) => line)).toEqual([]);
  const paths = await walk(
    baseUrl,
    bob.token,
    triesOn(bob.ids, ann.ids).filter(({ where }) => where === 'path'),
  );
  expect(paths.filter(({ status }) => status !== 404).map(({ line }) => line)).toEqual([]);
  expect(await rowsOf(ann.userId)).toEqual(before);
  expect(world.script.rich.told(ann.account)).toEqual([]);
});

test('a browser comes back to its own sign-in alone', async () => {
  const back = (state: string, cookie: string, code: string) =>
    call('GET', `/logins/callback?state=${state}&code=${code}`, { headers: { cookie } });
  const step = async ({ token }: Person, id: string) => (await call('GET', `/logins/${id}`, { token })).json;
  const { login } = ann.ids;
  const redirect = { type: 'redirect', url: expect.stringContaining(`state=${login}`) };
  expect(await step(ann, login)).toEqual({ step: redirect });
  // Another user is led to the page as well, where there is nothing; nothing has happened to hers.
  expect((await back(login, bob.cookie, 'right')).status).toBe(303);
  expect((await call('GET', `/logins/${login}`, { token: bob.token })).status).toBe(404);
  expect(await step(ann, login)).toEqual({ step: redirect });
  expect((await back(login, ann.cookie, 'wrong')).headers.get('location')).toBe(`/#/networks?login=${login}`);
  expect(await step(ann, login)).toEqual({ step: redirect, error: 'the code is not valid' });
  expect((await back(login, ann.cookie, 'right')).headers.get('location')).toBe(`/#/networks?login=${login}`);
  const done = (await step(ann, login)) as { step: { type: string; account: { id: string } } };
  expect(done).toMatchObject({ step: { type: 'done', account: { network: 'rich', name: 'by another site' } } });
  await until(() => expect(world.process.supervisor.get(done.step.account.id)?.state.is).toBe('online'));
  // Loading the page again does nothing.
  expect((await back(login, ann.cookie, 'right')).status).toBe(303);
  const accounts = (await call('GET', '/accounts', { token: ann.token })).json as { items: unknown[] };
  expect(accounts.items).toHaveLength(2);
});
