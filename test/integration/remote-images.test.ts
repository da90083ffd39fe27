import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DomainError } from '../../src/core/errors.js';
import { cleanHtml, remoteImages } from '../../src/core/messages/html.js';
import { RemoteImages } from '../../src/infra/net/remote-images.js';
import { startApi, type TestApi } from '../support/api.js';
import { Website } from '../support/website.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MESSAGE = '01900000-0000-7000-8000-000000000001';

let site: Website;
let base: string;
const opened: RemoteImages[] = [];

beforeAll(async () => {
  site = await Website.start();
  base = site.url;
});
afterEach(async () => {
  site.pages.clear();
  site.heard.length = 0;
  await Promise.all(opened.splice(0).map((images) => images.close()));
});
afterAll(() => site.stop());

/** A message of `ann` that shows these images, stored as it would be; by default this machine may be asked. */
function imagesIn(urls: string[], hosts = ['127.0.0.1']): RemoteImages {
  const named = remoteImages(cleanHtml(urls.map((url) => `<img src="${url}">`).join('')) ?? '');
  const images = new RemoteImages(
    async (userId, id) => (userId === 'ann' && id === MESSAGE ? named : undefined),
    hosts,
  );
  opened.push(images);
  return images;
}

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'shown',
    (error) => (error instanceof DomainError ? error.code : String(error)),
  );

test('an image that the message names is fetched, and the other server learns nothing', async () => {
  const url = `${base}/a.png?x=1`;
  site.pages.set('/a.png?x=1', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PNG));
  expect(await imagesIn([url]).open('ann', MESSAGE, url)).toEqual({ type: 'image/png', content: PNG });
  expect(site.heard).toHaveLength(1);
  const { headers } = site.heard[0]!;
  expect([headers.cookie, headers.referer, headers.authorization]).toEqual([undefined, undefined, undefined]);
});

test('nothing else is fetched: another address, another person, a message without images', async () => {
  const images = imagesIn([`${base}/a.png`]);
  expect(await code(images.open('ann', MESSAGE, `${base}/b.png`))).toBe('image-not-found');
  expect(await code(images.open('bob', MESSAGE, `${base}/a.png`))).toBe('message-not-found');
  expect(await code(imagesIn([]).open('ann', MESSAGE, `${base}/a.png`))).toBe('image-not-found');
  expect(site.heard).toEqual([]);
});

test('a private address is never asked unless it is listed, also behind a redirect', async () => {
  expect(await code(imagesIn([`${base}/a.png`], []).open('ann', MESSAGE, `${base}/a.png`))).toBe('forbidden-address');
  const named = base.replace('127.0.0.1', 'localhost');
  expect(await code(imagesIn([`${named}/a.png`], []).open('ann', MESSAGE, `${named}/a.png`))).toBe('forbidden-address');
  expect(site.heard).toEqual([]);
  for (const [index, target] of ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'file:///etc/passwd'].entries()) {
    const url = `${base}/go${index}`;
    site.pages.set(`/go${index}`, (_, response) => response.writeHead(302, { location: target }).end());
    expect(await code(imagesIn([url]).open('ann', MESSAGE, url))).toMatch(/^(forbidden-address|image-unavailable)$/);
  }
});

test('only images are passed on, told by their bytes', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const [name, body] of Object.entries({ svg, page: '<!doctype html>', none: '' })) {
    const url = `${base}/${name}`;
    site.pages.set(`/${name}`, (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(body));
    expect(await code(imagesIn([url]).open('ann', MESSAGE, url))).toBe('not-an-image');
  }
  expect(await code(imagesIn([`${base}/gone`]).open('ann', MESSAGE, `${base}/gone`))).toBe('image-unavailable');
});

test('what is too large or endless is cut', async () => {
  const url = `${base}/endless`;
  let ended = false;
  site.pages.set('/endless', (_, response) => {
    response.writeHead(200);
    response.write(PNG);
    const more = setInterval(() => response.write(Buffer.alloc(1024 * 1024)), 5);
    response.on('close', () => {
      clearInterval(more);
      ended = true;
    });
  });
  expect(await code(imagesIn([url]).open('ann', MESSAGE, url))).toBe('image-too-large');
  await expect.poll(() => ended).toBe(true);
});

test('a server that never answers is given up after 8 s; a user has some at once, not any number', async () => {
  const url = `${base}/slow`;
  site.pages.set('/slow', () => {});
  const images = imagesIn([url]);
  const codes = await Promise.all(Array.from({ length: 14 }, () => code(images.open('ann', MESSAGE, url))));
  expect(codes.filter((one) => one === 'image-unavailable')).toHaveLength(12);
  expect(codes.filter((one) => one === 'too-many-images')).toHaveLength(2);
  site.pages.set('/slow', (_, response) => response.end(PNG));
  expect(await code(images.open('ann', MESSAGE, url))).toBe('shown');
}, 20_000);

test('the answer is a file that nothing can run in', async () => {
  const api: TestApi = await startApi();
  try {
    const token = await api.setup();
    api.services.images.open = async (_user, _id, url) => {
      if (url !== 'https://example.org/a.png') throw new DomainError('not-found', 'image-not-found', 'No.');
      return { type: 'image/png', content: PNG };
    };
    const get = (url: string) =>
      api.call('GET', `/messages/${MESSAGE}/images?url=${encodeURIComponent(url)}`, { token });
    const shown = await get('https://example.org/a.png');
    expect(shown.status).toBe(200);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=604800',
    });
    expect((await get('https://example.org/b.png')).status).toBe(404);
    for (const bad of ['ftp://example.org/a', 'javascript:alert(1)', '/a.png', ''])
      expect((await get(bad)).status).toBe(422);
    expect((await api.call('GET', `/messages/${MESSAGE}/images?url=https%3A%2F%2Fexample.org`)).status).toBe(401);
    const many = await Promise.all(Array.from({ length: 310 }, () => get('https://example.org/a.png')));
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
    expect((await api.call('GET', '/me', { token })).status).toBe(200);
  } finally {
    await api.stop();
  }
});
