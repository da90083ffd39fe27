import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { change } from '../../src/api/contract/sync.js';
import { webhook as webhookShape } from '../../src/api/contract/webhooks.js';
import { caller, tokenOf } from '../support/caller.js';
import { eventually, Parley } from '../support/parley.js';
import { freePort } from '../support/ports.js';

/** The built server and a receiver on a real socket; Parley may be killed at any time, the receiver may be out of order. */
const HOSTS = { PARLEY_WEBHOOK_HOSTS: '127.0.0.1' };
const delivery = z.object({ id: z.string(), rev: z.number(), changes: z.array(change) });
type Hit = { path: string; headers: Record<string, string | string[] | undefined>; body: string; taken: boolean };
type Hook = z.infer<typeof webhookShape>;

class Receiver {
  readonly hits: Hit[] = [];
  respond = (_hit: Hit, response: ServerResponse): void => void response.writeHead(204).end();
  #server: Server | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(await freePort());
    receiver.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const hit = { path: request.url ?? '', headers: request.headers, body, taken: false };
        receiver.hits.push(hit);
        receiver.respond(hit, response);
        hit.taken = response.statusCode >= 200 && response.statusCode < 300;
      });
    });
    await new Promise<void>((resolve) => receiver.#server?.listen(receiver.port, '127.0.0.1', resolve));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  changes(path: string) {
    return this.hits
      .filter((hit) => hit.path === path && hit.taken)
      .flatMap((hit) => delivery.parse(JSON.parse(hit.body)).changes);
  }

  /** The texts of messages that came. */
  texts(path: string): string[] {
    const texts = this.changes(path).flatMap(({ value }) => (value && 'text' in value ? [value.text] : []));
    return [...new Set(texts)];
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

let parley: Parley;
let receiver: Receiver;
let chat: string;
let made = 0;

const hook = async (events?: string[], url = receiver.url(`/${++made}`)): Promise<Hook & { path: string }> => {
  const answer = webhookShape.parse(await parley.ok('POST', '/webhooks', { url, ...(events && { events }) }));
  return { ...answer, path: new URL(url).pathname };
};
const listed = async (id: string): Promise<Hook> =>
  z
    .object({ items: z.array(webhookShape) })
    .parse(await parley.ok('GET', '/webhooks?limit=200'))
    .items.find((item) => item.id === id)!;
const say = (text: string) => parley.ok('POST', `/conversations/${chat}/messages`, { text });
const heard = (path: string, text: string) =>
  eventually(() => receiver.texts(path).includes(text) || undefined, 40_000);

/** What the signature must be, by the time it names. */
function signatureOf(headers: Hit['headers'], body: string, secret = ''): string {
  const time = /^t=(\d{10}),/.exec(String(headers['parley-signature']))?.[1];
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** Each message with one of these texts, what came back included, was taken as it is now; revisions came in order. */
async function complete(path: string, texts: string[]): Promise<void> {
  await eventually(async () => {
    const { items } = await parley.ok('GET', `/conversations/${chat}/messages?limit=200`);
    const wanted = z.array(z.object({ id: z.string(), text: z.string(), rev: z.number() })).parse(items);
    const now = wanted.filter(({ text }) => texts.includes(text));
    expect(now.length).toBeGreaterThanOrEqual(texts.length);
    const last = new Map(receiver.changes(path).map(({ id, rev }) => [id, rev]));
    expect(now.map(({ id, text }) => [text, last.get(id)])).toEqual(now.map(({ rev, text }) => [text, rev]));
    return true;
  }, 40_000);
  const revs = [...new Set(receiver.changes(path).map(({ rev }) => rev))];
  expect(revs).toEqual(revs.toSorted((a, b) => a - b));
}

beforeAll(async () => {
  receiver = await Receiver.start();
  parley = await Parley.start(HOSTS);
  await parley.setUp();
  const account = await parley.signIn('echo', 'name', { name: 'me' });
  await parley.online(account.id);
  chat = (await parley.ok('POST', '/chats', { accountId: account.id, address: 'echo' })).conversation.id;
});

beforeEach(async () => {
  receiver.respond = (_hit, response) => void response.writeHead(204).end();
  for (const { id } of (await parley.ok('GET', '/webhooks?limit=200')).items)
    await parley.ok('DELETE', `/webhooks/${id}`);
});

afterAll(async () => {
  await parley?.remove();
  receiver?.stop();
});

test('what is sent and what comes back is told, signed, from the moment the webhook was made', async () => {
  await say('before the webhook');
  await eventually(async () => {
    const { items } = await parley.ok('GET', `/conversations/${chat}/messages?limit=2`);
    return items.filter((item: { direction: string }) => item.direction === 'in').length > 0 || undefined;
  });
  const { id, secret, path, events, ...rest } = await hook();
  expect(events).toEqual(['message', 'delivery']);
  expect(rest).toMatchObject({ failures: 0, lastError: null });
  expect(await listed(id)).not.toHaveProperty('secret');
  await say('told to programs');
  await heard(path, 'told to programs');
  await eventually(
    () =>
      receiver.changes(path).some(({ kind, value }) => kind === 'delivery' && value?.status === 'sent') || undefined,
  );
  await eventually(
    () =>
      receiver.changes(path).some(({ kind, value }) => kind === 'message' && value?.direction === 'in') || undefined,
  );
  expect(new Set(receiver.changes(path).map(({ kind }) => kind))).toEqual(new Set(['message', 'delivery']));
  for (const { headers, body } of receiver.hits.filter((hit) => hit.path === path)) {
    expect(headers['parley-signature']).toBe(signatureOf(headers, body, secret));
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'parley-webhook-id': id });
    const { id: deliveryId, rev } = delivery.parse(JSON.parse(body));
    expect(deliveryId).toMatch(new RegExp(`^${id}:\\d+-${rev}$`));
  }
});

test('only the kinds asked for', async () => {
  const contacts = await hook(['contact']);
  const messages = await hook(['message']);
  await parley.ok('POST', '/contacts', { name: 'Somebody New' });
  await say('after the contact');
  await heard(messages.path, 'after the contact');
  await eventually(() => receiver.changes(contacts.path).length > 0 || undefined);
  expect(new Set(receiver.changes(contacts.path).map(({ kind }) => kind))).toEqual(new Set(['contact']));
  expect(new Set(receiver.changes(messages.path).map(({ kind }) => kind))).toEqual(new Set(['message']));
});

test('a broadcast, as it goes on', async () => {
  const { path, id } = await hook(['broadcast']);
  expect(await listed(id)).toMatchObject({ events: ['broadcast'] });
  const { items } = await parley.ok('GET', '/contacts');
  await parley.ok('POST', '/broadcasts', { name: 'News', to: [items[0].id], text: 'to all' });
  await eventually(() => receiver.changes(path).length > 0 || undefined);
  expect(new Set(receiver.changes(path).map(({ kind }) => kind))).toEqual(new Set(['broadcast']));
});

test('a receiver that fails and comes back gets everything, in order', async () => {
  const { id, path } = await hook(['message']);
  receiver.respond = (hit, response) => void response.writeHead(hit.path === path ? 503 : 204).end('not now');
  const texts = Array.from({ length: 12 }, (_, n) => `patience ${n}`);
  for (const text of texts) await say(text);
  const failing = await eventually(async () => {
    const state = await listed(id);
    return state.failures > 0 ? state : undefined;
  });
  expect(failing.lastError).toBe('it answered 503');
  receiver.respond = (_hit, response) => void response.writeHead(200).end('thanks');
  await eventually(async () => ((await listed(id)).failures === 0 ? true : undefined));
  expect((await listed(id)).lastError).toBeNull();
  await complete(path, texts);
});

test('no gap over kills of Parley, whether the receiver takes calls or not', async () => {
  const { path } = await hook(['message']);
  const texts: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    if (round === 1) receiver.respond = (_hit, response) => void response.writeHead(500).end();
    // Neither answered nor refused: the kill leaves it open whether it was taken.
    if (round === 2) receiver.respond = () => {};
    for (let n = 0; n < 15; n += 1) {
      texts.push(`round ${round} ${n}`);
      await say(`round ${round} ${n}`);
    }
    await parley.kill();
    receiver.respond = (_hit, response) => void response.writeHead(204).end();
    await parley.up();
  }
  await complete(path, texts);
});

test('redirects are not followed, and the body of an answer is not waited for', async () => {
  const target = receiver.url('/elsewhere');
  const moved = await hook(['message']);
  const dripping = await hook(['message']);
  receiver.respond = (hit, response) => {
    if (hit.path === moved.path) response.writeHead(307, { location: target }).end();
    else response.writeHead(200).write('x'.repeat(64 * 1024));
  };
  await say('to be redirected');
  await heard(dripping.path, 'to be redirected');
  await say('the next');
  await heard(dripping.path, 'the next');
  await eventually(async () => ((await listed(moved.id)).failures > 0 ? true : undefined));
  expect((await listed(moved.id)).lastError).toBe('it answered 307 (redirects are not followed)');
  expect(receiver.hits.filter((hit) => hit.path === '/elsewhere')).toEqual([]);
});

test('private addresses only where the admin lists them', async () => {
  const { id, path } = await hook(['message']);
  onTestFinished(() => parley.restart());
  await parley.down();
  await parley.up({ PARLEY_WEBHOOK_HOSTS: '' });
  const addresses = ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::1]', '[::ffff:7f00:1]', '10.1.2.3'];
  for (const host of [...addresses, '192.168.0.1', '169.254.169.254', '0.0.0.0', '[fd00::1]', '[::]']) {
    const answer = await parley.call('POST', '/webhooks', { url: `http://${host}:${receiver.port}/never` });
    expect(`${host} ${answer.status}`).toBe(`${host} 422`);
    expect(answer.json).toMatchObject({ code: 'forbidden-address', errors: { url: expect.any(String) } });
  }
  const named = await hook(['message'], `http://localhost:${receiver.port}/never`);
  await say('for no private place');
  for (const one of [id, named.id])
    await eventually(async () => ((await listed(one)).lastError?.includes('private address') ? true : undefined));
  expect(receiver.texts(path)).not.toContain('for no private place');
  expect(receiver.hits.filter((hit) => hit.path === '/never')).toEqual([]);
  await parley.restart();
  await heard(path, 'for no private place');
  // Metadata addresses stay out of reach even where they are listed.
  await parley.down();
  await parley.up({ PARLEY_WEBHOOK_HOSTS: '127.0.0.1,169.254.169.254' });
  expect((await parley.call('POST', '/webhooks', { url: 'http://169.254.169.254/' })).status).toBe(422);
});

test.each([
  ['another scheme', { url: 'ftp://example.org/' }, 'url'],
  ['a script', { url: 'javascript:alert(1)' }, 'url'],
  ['no address', { url: 'example.org' }, 'url'],
  ['credentials', { url: 'https://me:secret@example.org/' }, 'url'],
  ['a long address', { url: `https://example.org/${'x'.repeat(2048)}` }, 'url'],
  ['nothing', {}, 'url'],
  ['no events', { url: 'https://example.org/', events: [] }, 'events'],
  ['unknown events', { url: 'https://example.org/', events: ['everything'] }, 'events.0'],
])('refuses %s', async (_what, body, field) => {
  const answer = await parley.call('POST', '/webhooks', body);
  expect(answer.status).toBe(422);
  expect(answer.json).toMatchObject({ errors: { [field]: expect.any(String) } });
  expect((await parley.ok('GET', '/webhooks')).items).toEqual([]);
});

test('twenty a user, listed in pages', async () => {
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => parley.call('POST', '/webhooks', { url: receiver.url('/many') })),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array(20).fill(201), ...Array(5).fill(409)]);
  const first = await parley.ok('GET', '/webhooks?limit=15');
  const second = await parley.ok('GET', `/webhooks?limit=15&cursor=${first.nextCursor}`);
  expect(new Set([...first.items, ...second.items].map(({ id }: { id: string }) => id)).size).toBe(20);
  expect(second.nextCursor).toBeNull();
  expect((await parley.ok('GET', '/webhooks?cursor=forged')).items).toEqual([]);
});

test('somebody else neither sees nor stops it, and their messages are not told', async () => {
  const mine = await hook();
  const person = { email: 'other@example.org', password: 'correct horse battery', name: 'Other' };
  await parley.ok('POST', '/users', person);
  const call = caller(parley.url);
  const token = tokenOf((await call('POST', '/sessions', { json: person })).json);
  expect((await call('GET', '/webhooks', { token })).json).toEqual({ items: [], nextCursor: null });
  expect((await call('DELETE', `/webhooks/${mine.id}`, { token })).status).toBe(404);
  expect((await call('DELETE', `/webhooks/${mine.id}`)).status).toBe(401);
  const theirs = await call('POST', '/webhooks', { token, json: { url: receiver.url('/theirs') } });
  expect(theirs.status).toBe(201);
  await say('mine alone');
  await heard(mine.path, 'mine alone');
  expect(receiver.hits.filter((hit) => hit.path === '/theirs')).toEqual([]);
});

test('after its deletion nothing more is sent', async () => {
  const gone = await hook(['message']);
  const stays = await hook(['message']);
  await say('to both');
  await heard(gone.path, 'to both');
  await parley.ok('DELETE', `/webhooks/${gone.id}`);
  const before = receiver.hits.filter((hit) => hit.path === gone.path).length;
  await say('to one');
  await heard(stays.path, 'to one');
  await say('to one again');
  await heard(stays.path, 'to one again');
  expect(receiver.hits.filter((hit) => hit.path === gone.path)).toHaveLength(before);
  expect((await parley.call('DELETE', `/webhooks/${gone.id}`)).status).toBe(404);
});

/** Stands last: afterwards the key file no longer fits. */
test('its secret outlives a change of the key', async () => {
  const { path, secret } = await hook(['message']);
  const old = readFileSync(`${parley.folder}/data/secret.key`, 'utf8').trim();
  const next = randomBytes(32).toString('base64');
  for (const keys of [`${next},${old}`, next]) {
    await parley.down();
    await parley.up({ PARLEY_SECRET_KEY: keys });
  }
  await say('under the new key');
  await heard(path, 'under the new key');
  for (const { headers, body } of receiver.hits.filter((hit) => hit.path === path))
    expect(headers['parley-signature']).toBe(signatureOf(headers, body, secret));
});
