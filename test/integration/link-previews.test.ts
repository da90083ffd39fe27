import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { imagesNamed } from '../../src/infra/database/messages/images.js';
import { LinkPreviews } from '../../src/infra/database/messages/link-previews.js';
import { PageReader } from '../../src/infra/net/page-reader.js';
import { deliver, makeAccount, makeUser, open, plain, said, startWorld, type World } from '../support/sending.js';
import { Website } from '../support/website.js';

/** Real pages on a real server, real rows; this machine may be asked because the admin lists it. */
let world: World;
let site: Website;
let base: string;
let userId: string;
let account: Awaited<ReturnType<typeof makeAccount>>;
let conversationId: string;
let changed: string[] = [];
const readers: PageReader[] = [];

beforeAll(async () => {
  world = await startWorld();
  userId = await makeUser(world.prisma);
  account = await makeAccount(world, userId, 'rich');
  conversationId = (await open(world, account, 'bob')).conversationId;
  site = await Website.start();
  base = site.url;
});
beforeEach(() => {
  site.heard.length = 0;
  changed = [];
});
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  site.stop();
  await world.stop();
});

function previews(hosts = ['127.0.0.1'], channel = 'im'): LinkPreviews {
  const reader = new PageReader(hosts);
  readers.push(reader);
  return new LinkPreviews(world.pool, {
    message: (...ids) => world.messages.get(...ids),
    channelOf: () => channel,
    read: (...asked) => reader.read(...asked),
    changed: (id) => changed.push(id),
  });
}
const say = async (text: string): Promise<string> =>
  (await world.messages.send(userId, conversationId, plain(text))).message.id;

test('a page is looked at once, and stands with the message from then on', async () => {
  site.html('/a', '<title>A page</title><meta property="og:image" content="/a.png">');
  const id = await say(`see ${base}/a`);
  expect((await world.messages.get(userId, id)).previews).toBeUndefined();
  const service = previews();
  const [one, two] = await Promise.all([service.look(userId, id), service.look(userId, id)]);
  expect(one.previews).toEqual([{ url: `${base}/a`, title: 'A page', picture: `${base}/a.png` }]);
  expect(two).toEqual(one);
  expect((await service.look(userId, id)).rev).toBe(one.rev);
  expect(changed).toEqual([userId]);
  expect(site.heard).toHaveLength(1);
  const { headers } = site.heard[0]!;
  expect([headers.cookie, headers.referer, headers['accept-language']]).toEqual([undefined, undefined, '*']);
  expect(await imagesNamed(world.prisma)(userId, id)).toEqual([`${base}/a.png`]);
});

test('the same page in another message is known already', async () => {
  site.html('/b', '<title>B</title>');
  const service = previews();
  await service.look(userId, await say(`${base}/b`));
  await service.look(userId, await say(`again ${base}/b`));
  expect(site.heard).toHaveLength(1);
});

test('private addresses are not reached, not by way of a redirect either', async () => {
  site.html('/inside', '<title>Secret</title>');
  site.pages.set('/out', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.2/' }).end());
  const strict = await previews([]).look(userId, await say(`${base}/inside`));
  expect([strict.previews, site.heard]).toEqual([[], []]);
  expect((await previews().look(userId, await say(`${base}/out`))).previews).toEqual([]);
});

test('what is not a page, too long, or in trouble shows nothing; a picture shows itself', async () => {
  site.pages.set('/zip', (_, response) => void response.writeHead(200, { 'content-type': 'application/zip' }).end('x'));
  site.pages.set(
    '/bad',
    (_, response) => void response.writeHead(500, { 'content-type': 'text/html' }).end('<title>x'),
  );
  site.pages.set('/picture', (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end('x'));
  site.html('/late', `${' '.repeat(600_000)}<title>too late</title>`);
  const look = async (page: string) => (await previews().look(userId, await say(`${base}${page}`))).previews;
  expect(await look('/zip')).toEqual([]);
  expect(await look('/bad')).toEqual([]);
  expect(await look('/late')).toEqual([]);
  expect(await look('/picture')).toEqual([{ url: `${base}/picture`, picture: `${base}/picture` }]);
});

test('nobody looks where nobody would expect it', async () => {
  site.html('/quiet', '<title>x</title>');
  const mail = await previews(['127.0.0.1'], 'email').look(userId, await say(`${base}/quiet`));
  expect(mail.previews).toBeUndefined();
  await world.pool.query('UPDATE chats SET encrypted = true WHERE conversation_id = $1', [conversationId]);
  const id = await say(`${base}/quiet`);
  expect((await previews().look(userId, id)).previews).toBeUndefined();
  await world.pool.query('UPDATE chats SET encrypted = false WHERE conversation_id = $1', [conversationId]);
  expect(site.heard).toEqual([]);
});

test('nobody looks for a user who wants none', async () => {
  site.html('/unwanted', '<title>x</title>');
  await world.pool.query(`UPDATE users SET settings = '{"linkPreviews":false}' WHERE id = $1`, [userId]);
  expect((await previews().look(userId, await say(`${base}/unwanted`))).previews).toBeUndefined();
  await world.pool.query(`UPDATE users SET settings = '{}' WHERE id = $1`, [userId]);
  expect(site.heard).toEqual([]);
});

test('other words have other links', async () => {
  site.html('/one', '<title>One</title>');
  const heard = said('bob', `${base}/one`, world.clock.now());
  await deliver(world, account, heard);
  const { items } = await world.messages.timeline(userId, conversationId, { limit: 1 });
  const id = items[0]?.id ?? '';
  expect((await previews().look(userId, id)).previews).toEqual([{ url: `${base}/one`, title: 'One' }]);
  const at = world.clock.now();
  await deliver(world, account, { type: 'edit', chat: heard.chat, target: heard.id, text: 'no link', at });
  const message = await world.messages.get(userId, id);
  expect([message.text, message.previews]).toEqual(['no link', undefined]);
});

test('another user’s message is unknown', async () => {
  const id = await say(`${base}/a`);
  await expect(previews().look(await makeUser(world.prisma), id)).rejects.toMatchObject({ kind: 'not-found' });
});
