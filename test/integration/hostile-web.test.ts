import dns from 'node:dns';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { publicOr } from '../../src/infra/net/addresses.js';
import { createGuardedFetch } from '../../src/infra/net/guarded-fetch.js';
import { PageReader } from '../../src/infra/net/page-reader.js';
import { RemoteImages } from '../../src/infra/net/remote-images.js';
import { Website } from '../support/website.js';

/** Addresses that somebody else wrote, and servers that mean harm: what previews, images and webhooks are fetched by. */
let site: Website;
let port: string;
const nobody = createGuardedFetch(publicOr([]));
const listed = createGuardedFetch(publicOr(['127.0.0.1']));
const pages = new PageReader(['127.0.0.1']);
const images = new RemoteImages(async () => [image], ['127.0.0.1']);
let image = '';

beforeAll(async () => {
  site = await Website.start();
  ({ port } = new URL(site.url));
  image = `${site.url}/image`;
  site.html('/', '<title>mine</title>');
});
beforeEach(() => {
  site.heard.length = 0;
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await Promise.all([nobody.close(), listed.close(), pages.close(), images.close()]);
  site.stop();
});

const get = (url: string, web = nobody) =>
  web.fetch(url, undefined, AbortSignal.timeout(10_000)).then(
    (response) => `answered ${response.status}`,
    (error: Error) => `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`,
  );

test.each([
  ...['127.0.0.1', '127.1', '127.0.1', '0x7f000001', '0x7f.1', '0x7F.0x0.0x0.0x1', '2130706433', '017700000001'],
  ...['0177.0.0.1', '0177.1', '0', '0.0.0.0', '127.0.0.1.', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]'],
  ...[
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST',
    'localhost.',
  ],
  ...[
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '169.254.169.254',
    '0xa9fea9fe',
    '[fe80::1]',
    '[fd00::1]',
  ],
  ...['10.1', '192.168.1', '172.16.1', '100.64.1', '224.0.0.1', '255.255.255.255', '[ff02::1]', '[::ffff:a00:1]'],
])('%s is not reached, nor as the real host of another name', async (host) => {
  const forms = [
    `http://${host}:${port}/`,
    `http://example.org@${host}:${port}/`,
    `http://example.org:80@${host}:${port}/#@x`,
  ];
  for (const url of forms)
    expect(await get(url), url).toMatch(/may be reached|not allowed|includes credentials|ENOTFOUND/);
  expect(site.heard).toEqual([]);
});

test.each([
  'file:///etc/passwd',
  'ftp://example.org/',
  'data:text/html,x',
  'gopher://127.0.0.1:70/',
  'javascript:1',
  'blob:x',
])('%s is no address to fetch, nor to be led to', async (url) => {
  expect(await get(url)).toMatch(/is not http or https/);
  site.pages.set('/led', (_, response) => void response.writeHead(302, { location: url }).end());
  expect(await get(`${site.url}/led`, listed)).toMatch(/is not http or https/);
});

test.each(['[::1]', '169.254.169.254', '[::ffff:a00:1]', '0xa000001', 'x@10.1'])(
  'a redirect to %s is not followed, at any hop',
  async (host) => {
    site.pages.set('/one', (_, response) => void response.writeHead(302, { location: '/two' }).end());
    site.pages.set('/two', (_, response) => void response.writeHead(307, { location: `//${host}:${port}/` }).end());
    expect(await get(`${site.url}/one`, listed)).toMatch(/may be reached|not allowed/);
    expect(site.heard.map(({ url }) => url)).toEqual(['/one', '/two']);
  },
);

test('redirects in a circle end', async () => {
  site.pages.set('/round', (_, response) => void response.writeHead(302, { location: '/round' }).end());
  expect(await get(`${site.url}/round`, listed)).toMatch(/redirects too often/);
  expect(site.heard).toHaveLength(6);
});

test('a name that is public when it is looked at and private when it is connected to is not reached', async () => {
  const answers = ['192.0.2.7', '127.0.0.1'];
  const lookup = vi.spyOn(dns, 'lookup') as unknown as { mockImplementation(lookup: Lookup): void };
  lookup.mockImplementation((_host, _options, done) =>
    done(null, [{ address: answers.pop() ?? '127.0.0.1', family: 4 }]),
  );
  for (const _again of answers) expect(await get(`http://rebinds.test:${port}/`)).toMatch(/not allowed|may be reached/);
  lookup.mockImplementation((_host, _options, done) =>
    done(
      null,
      ['93.184.215.14', '127.0.0.1'].map((address) => ({ address, family: 4 })),
    ),
  );
  expect(await get(`http://both.test:${port}/`)).toMatch(/not allowed/);
  expect(site.heard).toEqual([]);
});
type Lookup = (
  host: string,
  options: dns.LookupOptions,
  done: (error: null, found: dns.LookupAddress[]) => void,
) => void;

const memory = () => process.memoryUsage().rss / 1024 / 1024;
const ZEROS = 200 * 1024 * 1024;
/** 200 MB, in 200 kB. */
const bomb = gzipSync(Buffer.alloc(ZEROS, 32), { level: 9 });
const asBomb =
  (type: string, ahead = '') =>
  (_: unknown, response: ServerResponse) =>
    void response
      .writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
      .end(ahead === '' ? bomb : Buffer.concat([gzipSync(ahead), bomb]));

test('a page or image that is small on the wire and huge unpacked costs little', async () => {
  site.pages.set('/bomb', asBomb('text/html', '<title>Boom</title>'));
  site.pages.set('/image', asBomb('image/png'));
  const before = memory();
  expect(await pages.read('user', `${site.url}/bomb`)).toMatchObject({ title: 'Boom' });
  await expect(images.open('user', 'message', image)).rejects.toMatchObject({ code: 'image-too-large' });
  expect(memory() - before).toBeLessThan(100);
});

test('an endless page is read at its beginning, an endless image not at all', async () => {
  const endless = (type: string, first: string) => (_: unknown, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type });
    response.write(first);
    const chunk = Buffer.alloc(64 * 1024, 32);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  site.pages.set('/endless', endless('text/html', '<title>On and on</title>'));
  site.pages.set('/image', endless('image/png', ''));
  expect(await pages.read('user', `${site.url}/endless`)).toMatchObject({ title: 'On and on' });
  await expect(images.open('user', 'message', image)).rejects.toMatchObject({ code: 'image-too-large' });
});

test('a page that drips is given up', async () => {
  const timers: NodeJS.Timeout[] = [];
  site.pages.set('/drips', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    timers.push(setInterval(() => response.write(' '), 100));
  });
  try {
    expect(await pages.read('user', `${site.url}/drips`)).toBeUndefined();
  } finally {
    for (const timer of timers) clearInterval(timer);
  }
});

test.each([
  ['svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['html', '<!doctype html><script>alert(1)</script>'],
  ['xml', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'],
  ['nothing', ''],
  ['one byte of a PNG', '\x89'],
])('%s that says it is a PNG is none', async (_what, body) => {
  site.pages.set(
    '/image',
    (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(body, 'latin1'),
  );
  await expect(images.open('user', 'message', image)).rejects.toMatchObject({ code: 'not-an-image' });
});
