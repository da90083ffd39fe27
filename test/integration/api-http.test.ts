import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problem } from '../../src/api/contract/common.js';
import { endpoints } from '../../src/api/contract/endpoints.js';
import { DomainError } from '../../src/core/errors.js';
import { newId } from '../../src/core/ids.js';
import { startApi, type TestApi } from '../support/api.js';
import type { Answer } from '../support/caller.js';

const INLINE = 'self.__boot = 1';
let api: TestApi;
let token: string;
let webRoot: string;

beforeAll(async () => {
  webRoot = await mkdtemp(path.join(os.tmpdir(), 'parley-site-'));
  await mkdir(path.join(webRoot, '_next/static'), { recursive: true });
  await writeFile(
    path.join(webRoot, 'index.html'),
    `<title>start</title><script>${INLINE}</script><script src="/x.js"></script>`,
  );
  await writeFile(path.join(webRoot, 'about.html'), '<title>about</title><p style="color:red">');
  await writeFile(path.join(webRoot, '_next/static/a.js'), 'plain');
  await writeFile(path.join(webRoot, '_next/static/a.js.br'), 'brotli');
  api = await startApi({ webRoot });
  token = await api.setup();
});
afterAll(async () => {
  await api.stop();
  await rm(webRoot, { recursive: true, force: true });
});
beforeEach(() => api.logged.splice(0));

const get = (at: string, headers: Record<string, string> = {}) => fetch(api.baseUrl + at, { headers });

/** What the answer says went wrong, checked against the contract. */
function said(answer: Answer): string {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { status, code } = problem.parse(answer.json);
  expect(status).toBe(answer.status);
  return `${status} ${code}`;
}

describe('bad input', () => {
  const contacts = (body: BodyInit, type = 'application/json') =>
    api.call('POST', '/contacts', { token, body, headers: { 'content-type': type } });
  const message = (json: unknown) => api.call('POST', `/conversations/${newId()}/messages`, { token, json });

  test('is refused before the core hears of it', async () => {
    const asked: unknown[] = [];
    api.services.contacts.create = async (...args) => {
      asked.push(args);
      throw new Error('must not be asked');
    };
    expect(said(await contacts('{"name":'))).toBe('400 malformed-json');
    expect(said(await contacts(Buffer.from([0x22, 0xff, 0x22])))).toBe('400 malformed-json');
    expect(said(await contacts('name=x', 'application/x-www-form-urlencoded'))).toBe('415 unsupported-media-type');
    expect(said(await contacts('{"name":"x"}', 'text/plain'))).toBe('415 unsupported-media-type');
    expect(said(await contacts('[]'))).toBe('422 invalid');
    expect(said(await contacts(''))).toBe('422 invalid');
    expect(said(await contacts('{"name":"a\\u0000b"}'))).toBe('422 invalid');
    expect(said(await contacts('{"name":"a\\ud800b"}'))).toBe('422 invalid');
    expect(said(await contacts(`${'['.repeat(200_000)}`))).toBe('400 malformed-json');
    expect(said(await contacts(`{"name":"x","x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`))).toBe('422 invalid');
    expect(asked).toEqual([]);
  });

  test('names the fields to mend', async () => {
    const answer = await api.call('POST', '/contacts', {
      token,
      json: { name: 'two\nlines', addresses: [{ kind: 'fax', value: '1' }] },
    });
    expect(answer.json).toMatchObject({
      errors: { name: expect.stringContaining('one line'), 'addresses.0.kind': expect.any(String) },
    });
  });

  test('a 5 MB text is too large, and the client gets to read so', async () => {
    for (let i = 0; i < 3; i++) expect(said(await message({ text: 'x'.repeat(5_000_000) }))).toBe('413 too-large');
    expect(said(await message({ text: 'x'.repeat(100_001) }))).toBe('422 invalid');
  });

  test('texts that no network may be sent', async () => {
    for (const text of ['', ' \n\t', 'a\u0001b', 'a\u0000b', 'a\u007fb'])
      expect(said(await message({ text }))).toBe('422 invalid');
    expect(said(await message({ text: 'x', subject: 'hi\r\nBcc: someone@example.org' }))).toBe('422 invalid');
    expect(said(await message({ text: 'two\nlines' }))).toBe('404 thing-not-found');
  });

  test('a route is measured by the shape that was meant', async () => {
    const wrong = async (route: unknown, ...fields: string[]) => {
      const errors = Object.fromEntries(fields.map((field) => [field, expect.any(String)]));
      expect((await message({ text: 'x', route })).json).toMatchObject({ status: 422, errors });
    };
    await wrong({ steps: [{ channels: ['im'], unless: 'read' }] }, 'route.steps.0.unless');
    const bad = { channels: ['fax'], within: '5m' };
    await wrong({ steps: [{ channels: ['im'] }, bad] }, 'route.steps.1.within', 'route.steps.1.channels.0');
    await wrong({ mode: 'best', channels: ['im'] }, 'route.mode');
  });

  test('numbers out of bounds and forged ids', async () => {
    for (const query of ['limit=-1', 'limit=1e9', 'limit=x', 'limit=2.5'])
      expect(said(await api.call('GET', `/contacts?${query}`, { token }))).toBe('422 invalid');
    expect(said(await api.call('GET', '/contacts/not-an-id', { token }))).toBe('404 not-found');
    expect(said(await api.call('GET', `/contacts/${'x'.repeat(5_000)}`, { token }))).toMatch(/^4(04|14) /);
    expect(said(await api.call('POST', `/contacts/${newId()}/merge`, { token, json: { contactId: 'x' } }))).toBe(
      '422 invalid',
    );
    expect(said(await api.call('GET', '/contacts/%ff', { token }))).toMatch(/^4/);
    expect(said(await api.call('PUT', `/messages/${newId()}/reactions/%0a`, { token }))).toBe('422 invalid');
  });

  test('prototype keys change nothing', async () => {
    let heard: unknown;
    api.services.accounts.answerLogin = async (_user, _login, input) => {
      heard = input;
      throw new DomainError('gone', 'login-expired', 'This sign-in has ended.');
    };
    const body =
      '{"input":{"__proto__":{"isAdmin":true},"\\u005f_proto__":{"isAdmin":true},"constructor":{"a":1},"nick":"a"}}';
    const answer = await api.call('POST', `/logins/${newId()}`, {
      token,
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(said(answer)).toBe('410 login-expired');
    expect(heard).toMatchObject({ nick: 'a' });
    expect((heard as { isAdmin?: unknown }).isAdmin).toBeUndefined();
    expect({}).not.toHaveProperty('isAdmin');
  });

  test('what nobody foresaw says nothing of itself, and is logged', async () => {
    api.services.contacts.list = async () => {
      throw Object.assign(new Error('password=secret'), { statusCode: 404 });
    };
    const answer = await api.call('GET', '/contacts', { token });
    expect(said(answer)).toBe('500 internal');
    expect(answer.text).not.toContain('secret');
    expect(api.logged.join()).toContain('password=secret');
  });

  test('every kind of refusal has its status', async () => {
    const refuse = async (error: Error) => {
      api.services.contacts.get = async () => {
        throw error;
      };
      return api.call('GET', `/contacts/${newId()}`, { token });
    };
    const kinds = {
      invalid: 422,
      forbidden: 403,
      conflict: 409,
      gone: 410,
      'too-large': 413,
      unavailable: 503,
    } as const;
    for (const [kind, status] of Object.entries(kinds))
      expect(said(await refuse(new DomainError(kind as keyof typeof kinds, 'why', 'Because.')))).toBe(`${status} why`);
    const limited = await refuse(new DomainError('limited', 'slow-down', 'Wait.', { retryAfterMs: 1_500 }));
    expect(said(limited)).toBe('429 slow-down');
    expect(limited.headers.get('retry-after')).toBe('2');
    const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(said(await refuse(new Error('query', { cause: away })))).toBe('503 database-unavailable');
  });

  test('unknown calls are problems too', async () => {
    expect(said(await api.call('GET', '/nothing', { token }))).toBe('404 not-found');
    expect(said(await api.call('POST', '/nothing', { token, json: {} }))).toBe('404 not-found');
    expect(said(await api.call('DELETE', '/contacts', { token }))).toBe('404 not-found');
  });
});

describe('idempotency keys', () => {
  let runs: number;
  const contact = (name: string) => ({
    id: newId(),
    name,
    buddies: [],
    addresses: [],
    presence: { state: 'unknown' as const },
    bestBuddyId: null,
    conversationId: null,
    favourite: false,
    routeId: null,
    rev: 1,
  });
  const create = (name: string, key: string) =>
    api.call('POST', '/contacts', { token, json: { name }, headers: { 'idempotency-key': key } });
  beforeEach(() => {
    runs = 0;
    api.services.contacts.create = async (_user, { name }) => {
      runs++;
      return contact(name);
    };
  });

  test('the same request is done once and answered alike; another one is refused', async () => {
    const first = await create('Ann', 'key-1');
    const again = await create('Ann', 'key-1');
    expect([first.status, again.status, runs]).toEqual([201, 201, 1]);
    expect(again.text).toBe(first.text);
    expect(said(await create('Bob', 'key-1'))).toBe('422 idempotency-key-reused');
    expect(said(await create('Ann', 'x'.repeat(300)))).toBe('422 invalid-idempotency-key');
    expect(runs).toBe(1);
  });

  test('two at once are one; a refused request may be sent again', async () => {
    let proceed = () => {};
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    api.services.contacts.create = async (_user, { name }) => {
      runs++;
      await gate;
      return contact(name);
    };
    const first = create('Ann', 'key-2');
    await expect.poll(() => runs).toBe(1);
    const second = await create('Ann', 'key-2');
    expect(said(second)).toBe('409 idempotency-key-in-use');
    expect(second.headers.get('retry-after')).toBe('1');
    proceed();
    expect((await first).status).toBe(201);

    api.services.contacts.create = async () => {
      runs++;
      throw new DomainError('conflict', 'busy', 'Not now.');
    };
    expect(said(await create('Eve', 'key-3'))).toBe('409 busy');
    expect(said(await create('Eve', 'key-3'))).toBe('409 busy');
    expect(runs).toBe(3);
  });

  test('a key that a crash left behind is free; answers rest encrypted', async () => {
    const made = await api.call('POST', '/tokens', {
      token,
      json: { name: 't' },
      headers: { 'idempotency-key': 'key-4' },
    });
    const secret = (made.json as { token: string }).token;
    const database = new Client({ connectionString: api.databaseUrl });
    await database.connect();
    try {
      const { rows } = await database.query('SELECT * FROM idempotency_keys');
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(rows)).not.toContain('key-4');
      await create('Ann', 'key-5');
      // As a process leaves it that ended in the middle.
      await database.query('UPDATE idempotency_keys SET status = NULL, response = NULL WHERE key = $1', [
        createHash('sha256').update('key-5').digest('base64url'),
      ]);
      expect((await create('Ann', 'key-5')).status).toBe(201);
      expect(runs).toBe(2);
    } finally {
      await database.end();
    }
  });
});

describe('files', () => {
  test('are streamed in whole, named safely, refused when too large', async () => {
    const seen: { name: string; type: string; hash: string }[] = [];
    api.services.attachments.put = async (_user, { name, type, content }) => {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of content) {
        size += chunk.length;
        if (size > 25 * 1024 * 1024) throw new DomainError('too-large', 'file-too-large', 'At most 25 MiB.');
        hash.update(chunk);
      }
      seen.push({ name, type, hash: hash.digest('hex') });
      return { id: newId(), name, type, size, url: '/x' };
    };
    const send = (bytes: Uint8Array<ArrayBuffer>, name: string) => {
      const form = new FormData();
      form.set('file', new Blob([bytes], { type: 'image/png' }), name);
      return api.call('POST', '/attachments', { token, body: form });
    };
    const bytes = new Uint8Array(2_000_000).fill(7);
    expect((await send(bytes, '../../etc/pass\u202ewd')).status).toBe(201);
    expect(seen).toEqual([
      { name: 'passwd', type: 'image/png', hash: createHash('sha256').update(bytes).digest('hex') },
    ]);
    expect(said(await send(new Uint8Array(25 * 1024 * 1024 + 1), 'big'))).toBe('413 file-too-large');
    const empty = new FormData();
    empty.set('note', 'no file');
    expect(said(await api.call('POST', '/attachments', { token, body: empty }))).toBe('422 invalid');
    expect(said(await api.call('POST', '/attachments', { token, json: {} }))).toBe('415 unsupported-media-type');
  });

  test('are handed out so that nothing in them runs', async () => {
    const open = (name: string, type: string) => {
      api.services.attachments.open = async () => ({
        file: { id: newId(), name, type, size: 3, url: '' },
        content: Readable.from([Buffer.from('abc')]),
      });
      return api.call('GET', `/attachments/${newId()}`, { token });
    };
    const html = await open('a"\r\nX: y.html', 'text/html');
    expect(html.text).toBe('abc');
    expect(html.headers.get('content-type')).toBe('application/octet-stream');
    expect(html.headers.get('content-disposition')).toMatch(
      /^attachment; filename="a___X: y.html"; filename\*=UTF-8''/,
    );
    expect(html.headers.get('content-security-policy')).toContain('sandbox');
    expect(html.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await open('a.svg', 'image/svg+xml')).headers.get('content-type')).toBe('application/octet-stream');
    expect((await open('ü.png', 'image/png')).headers.get('content-disposition')).toContain('inline');
  });
});

describe('what networks push', () => {
  test('reaches the account as it came, and its answer goes back', async () => {
    const heard: unknown[] = [];
    api.services.accounts.webhook = async (accountId, { body, headers: _, ...rest }) => {
      heard.push({ accountId, ...rest, body: Buffer.from(body).toString('latin1') });
      return { status: 202, body: '<b>Accepted</b>', type: 'text/html' };
    };
    const id = newId();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const posted = await api.call('POST', `/hooks/${id}/sms/in`, { body: Buffer.from([0x61, 0xff]), headers: form });
    expect([posted.status, posted.text, posted.headers.get('content-type')]).toEqual([
      202,
      '<b>Accepted</b>',
      'text/plain; charset=utf-8',
    ]);
    expect((await api.call('GET', `/hooks/${id}?from=%2B4912&text=hi+you`)).status).toBe(202);
    expect(heard).toEqual([
      { accountId: id, method: 'POST', path: '/sms/in', query: {}, body: 'a\u00ff' },
      { accountId: id, method: 'GET', path: '', query: { from: '+4912', text: 'hi you' }, body: '' },
    ]);
    expect(said(await api.call('POST', '/hooks/nobody', { body: 'x' }))).toBe('404 not-found');
    expect(said(await api.call('DELETE', `/hooks/${id}`))).toBe('404 not-found');
    expect(said(await api.call('POST', `/hooks/${id}`, { body: 'x'.repeat(1_100_000) }))).toBe('413 too-large');
  });
});

describe('the site and the documents', () => {
  test('pages run their own inline scripts and nothing else', async () => {
    const start = await get('/');
    expect(await start.text()).toContain('<title>start</title>');
    const policy = start.headers.get('content-security-policy');
    expect(policy).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(INLINE).digest('base64')}';`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(start.headers.get('referrer-policy')).toBe('no-referrer');
    const about = await get('/about');
    expect(await about.text()).toContain('<title>about</title>');
    expect(about.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  });

  test('files come compressed and stay cached; the client finds its own addresses', async () => {
    const script = await get('/_next/static/a.js', { 'accept-encoding': 'br' });
    expect(script.headers.get('content-encoding')).toBe('br');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await (await get('/c/some-conversation')).text()).toContain('<title>start</title>');
    expect((await get('/_next/static/gone.js')).status).toBe(404);
    for (const at of ['/api', '/api/', '/api/v2/me', '/..%2f..%2fetc/passwd', '/%2e%2e/package.json'])
      expect(await (await get(at)).text()).not.toMatch(/root:|"name": "parley"/);
    expect((await get('/api/v2/me')).headers.get('content-type')).toBe('application/problem+json');
  });

  test('OpenAPI holds every call of the table and no loose reference', async () => {
    const text = await (await get('/api/v1/openapi.json')).text();
    const document = JSON.parse(text);
    expect(document.openapi).toBe('3.1.0');
    for (const [name, { method, path: at }] of Object.entries(endpoints))
      expect(document.paths[`/api/v1${at}`][method.toLowerCase()].operationId).toBe(name);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
    expect(references).toContain('Message');
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect(text).not.toContain('$defs');
    const docs = await get('/api/docs');
    expect(await docs.text()).toContain('/api/v1/conversations/{id}/messages');
    expect(docs.headers.get('content-security-policy')).toMatch(/style-src 'self' 'sha256-/);
  });
});

describe('limits', () => {
  test('many guesses of one client have to wait', async () => {
    const guess = (i: number) =>
      api.call('POST', '/sessions', { json: { email: `nobody${i % 40}@example.org`, password: 'x' } });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => guess(i)));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(said(limited[0]!)).toBe('429 rate-limited');
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('hundreds of ordinary calls do not', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 600 }, async () => (await api.call('GET', '/me', { token })).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
