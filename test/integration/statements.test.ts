import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/api/app.js';
import { Hub } from '../../src/core/sync/hub.js';
import { createIdentity } from '../../src/infra/auth/identity.js';
import { ChangeLog } from '../../src/infra/database/views/changes.js';
import { createIdempotency } from '../../src/infra/users/idempotency.js';
import { createUsers } from '../../src/infra/users/users.js';
import { type Call, caller, tokenOf } from '../support/caller.js';
import { deliver, makeAccount, plain, said, startWorld, until, type World } from '../support/sending.js';
import { emptyServices } from '../support/service-doubles.js';
import { countStatements } from '../support/statements.js';

/** How many statements calls of the API take: a bound for each, and the same with two things as with twenty. */
let world: World;
let app: NestFastifyApplication;
let call: Call;
const counted = countStatements();

beforeAll(async () => {
  world = await startWorld();
  const { prisma, pool, clock } = world;
  const { accountService, supervisor, ...services } = world.process;
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const nothing = { setup: () => [], keeps: () => undefined, resting: () => undefined, features: () => undefined };
  const changes = new ChangeLog(pool, prisma, { adapters: supervisor.adapters, filesAsLinks: false, ...nothing });
  const sync = new Hub(changes, { publish: () => {} }, clock, log);
  app = await createApp({
    services: { ...emptyServices(), ...services, accounts: accountService, sync },
    identity: createIdentity(prisma),
    users: createUsers(prisma, () => {}),
    idempotency: createIdempotency(prisma),
    config: { publicUrl: undefined, version: '0' },
    log,
    readiness: async () => ({ database: { ok: true } }),
  });
  await app.listen(0, '127.0.0.1');
  call = caller((await app.getUrl()).replace('[::1]', '127.0.0.1'));
});
afterAll(async () => {
  counted.stop();
  await app.close();
  await world.stop();
});

type Scene = { token: string; conversation: string; newest: string; mine: string };

/** A user with so many people, each with a conversation, and so many messages of each kind in one of them. */
async function scene(name: string, size: number, admin?: string): Promise<Scene> {
  const json = { email: `${name}@example.org`, password: 'a long password', name };
  if (admin === undefined) await call('POST', '/setup', { json });
  else await call('POST', '/users', { json, token: admin });
  const token = tokenOf((await call('POST', '/sessions', { json })).json);
  // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
  const ok = async (path: string, body?: unknown): Promise<any> => {
    const answer = await call(body === undefined ? 'GET' : 'POST', path, { token, json: body });
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const account = await makeAccount(world, (await ok('/me')).id, 'talk');
  const many = Array.from({ length: size }, (_, at) => at);
  const at = (index: number) => world.clock.now() - 60_000 + index;
  await deliver(world, account, ...many.map((index) => said(`person${index}`, 'hello there', at(index))));
  await deliver(world, account, ...many.map((index) => said('person0', `hello again ${index}`, at(100 + index))));
  await deliver(
    world,
    account,
    ...many.map((index) => ({
      ...({
        type: 'reaction',
        chat: { id: 'with:person0', kind: 'direct' },
        on: true,
        emoji: '👍',
        at: at(200),
      } as const),
      ...{ target: `person0 hello again ${index}`, from: { id: 'person0', address: 'person0' } },
    })),
  );
  const { items } = await ok('/conversations?limit=200');
  const conversation = items.find((one: { name: string }) => one.name === 'person0').id;
  await ok(`/conversations/${conversation}/accept`, {});
  let mine = '';
  for (const index of many) {
    const { message } = await ok(`/conversations/${conversation}/messages`, plain(`hello from me ${index}`));
    mine = message.id;
  }
  await until(async () => expect((await ok(`/messages/${mine}`)).status).toBe('sent'));
  // Nothing is sent while statements are counted.
  world.script.offline.add(account.id);
  world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: world.clock.now() + 1e9, why: 'away' });
  await until(async () => expect((await ok(`/accounts/${account.id}`)).state.is).toBe('waiting'));
  return { token, conversation, newest: (await ok(`/conversations/${conversation}/messages`)).items[0].id, mine };
}

type Count = {
  most: number;
  method?: string;
  path(scene: Scene): string;
  json?(scene: Scene): unknown;
  items?: boolean;
};

/** `items`: it answers a list, which must be longer in the larger scene. */
const calls: Record<string, Count> = {
  'list of conversations': { most: 2, path: () => '/conversations?limit=200', items: true },
  'one conversation': { most: 1, path: ({ conversation }) => `/conversations/${conversation}` },
  'page of messages': {
    most: 4,
    path: ({ conversation }) => `/conversations/${conversation}/messages?limit=100`,
    items: true,
  },
  'older page of messages': {
    most: 5,
    path: ({ conversation, newest }) => `/conversations/${conversation}/messages?limit=100&before=${newest}`,
    items: true,
  },
  'one message': { most: 1, path: ({ mine }) => `/messages/${mine}` },
  'deliveries of a message': { most: 2, path: ({ mine }) => `/messages/${mine}/deliveries` },
  contacts: { most: 6, path: () => '/contacts?limit=200', items: true },
  accounts: { most: 2, path: () => '/accounts' },
  search: { most: 4, path: () => '/search?q=hello&limit=100', items: true },
  'scheduled messages': { most: 2, path: () => '/scheduled' },
  'starred messages': { most: 2, path: () => '/messages/starred' },
  'own user': { most: 2, path: () => '/me' },
  'catching up': { most: 20, path: () => '/sync?since=0&limit=500', items: true },
  'catching up with nothing new': { most: 2, path: () => '/sync?since=100000000&limit=500' },
  send: {
    most: 12,
    method: 'POST',
    path: ({ conversation }) => `/conversations/${conversation}/messages`,
    json: () => plain('hello'),
  },
  settings: { most: 6, method: 'PATCH', path: () => '/me', json: () => ({ settings: { density: 'compact' } }) },
  'pin a conversation': {
    most: 6,
    method: 'PATCH',
    path: ({ conversation }) => `/conversations/${conversation}`,
    json: () => ({ pinned: true }),
  },
  'read to the end': {
    most: 10,
    method: 'PATCH',
    path: ({ conversation }) => `/conversations/${conversation}`,
    json: ({ newest }) => ({ readMessageId: newest }),
  },
  'star a message': {
    most: 6,
    method: 'PATCH',
    path: ({ mine }) => `/messages/${mine}/marks`,
    json: () => ({ starred: true }),
  },
};

test('each call takes few statements, as many for twenty things as for two', async () => {
  const few = await scene('few', 2);
  const many = await scene('many', 20, few.token);
  const found: Record<string, string> = {};
  const wrong: string[] = [];
  for (const [name, one] of Object.entries(calls)) {
    const [first, second] = [await fewest(one, few), await fewest(one, many)];
    found[name] = `${first.count}`;
    if (one.items && first.length >= second.length) wrong.push(`${name}: ${first.length} and ${second.length} things`);
    if (first.count !== second.count)
      wrong.push(`${name}: ${first.count} for two, ${second.count} for twenty:\n${second.statements.join('\n')}`);
    else if (first.count > one.most)
      wrong.push(`${name}: ${first.count} > ${one.most}:\n${first.statements.join('\n')}`);
  }
  console.info('statements', found);
  expect(wrong).toEqual([]);
});

/** Of three times: what is done in the background now and then is not the call's. */
async function fewest(one: Count, scene: Scene) {
  const all = [await measure(one, scene), await measure(one, scene), await measure(one, scene)];
  return all.reduce((best, next) => (next.count < best.count ? next : best));
}

async function measure({ method = 'GET', path, json }: Count, scene: Scene) {
  // Who calls is remembered for seconds: that statement is another call's.
  const { token } = scene;
  await call('GET', '/me', { token });
  let length = 0;
  const counts = await counted.of(async () => {
    const answer = await call(method, path(scene), { token, json: json?.(scene) });
    if (answer.status >= 400) throw new Error(`${method} ${path(scene)}: ${answer.status} ${answer.text}`);
    length = lengthOf(answer.json);
  });
  return { ...counts, length };
}

function lengthOf(answer: unknown): number {
  const { items, changes } = answer as { items?: unknown[]; changes?: unknown[] };
  return (items ?? changes ?? []).length;
}
