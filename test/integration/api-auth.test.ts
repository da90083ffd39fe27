import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as contract from '../../src/api/contract/users.js';
import { ADMIN, startApi, type TestApi } from '../support/api.js';
import { tokenOf } from '../support/caller.js';

let api: TestApi;
let admin: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const cookieOf = (headers: Headers): string => /parley_session=[^;]+/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '';

describe('setting up', () => {
  test('of several at once, one makes the first user', async () => {
    expect((await api.call('GET', '/ready')).json).toMatchObject({ status: 'ok', needsSetup: true });
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        api.call('POST', '/setup', { json: { ...ADMIN, email: i === 0 ? ADMIN.email : `admin${i}@example.org` } }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    const session = contract.session.parse(made[0]?.json);
    expect(session.user).toMatchObject({ role: 'admin', profiles: [{ name: ADMIN.name, isDefault: true }] });
    admin = session.token;
    expect((await api.call('POST', '/setup', { json: ADMIN })).json).toMatchObject({ code: 'already-set-up' });
    expect((await api.call('GET', '/ready')).json).toMatchObject({ needsSetup: false });
  });
});

describe('sessions', () => {
  const person = { email: 'Ann@Example.org', password: 'a long password', name: 'Ann' };
  let ann: string;
  beforeAll(async () => {
    const made = await api.call('POST', '/users', { json: person, token: admin });
    expect(made.status).toBe(201);
    expect(contract.user.parse(made.json).email).toBe('ann@example.org');
    ann = tokenOf((await api.call('POST', '/sessions', { json: person })).json);
  });

  test('an address is taken once, however it is written', async () => {
    const again = await api.call('POST', '/users', { json: { ...person, email: 'ANN@example.org' }, token: admin });
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ code: 'email-taken' });
  });

  test('wrong address and wrong password look alike', async () => {
    const wrong = await api.call('POST', '/sessions', { json: { ...person, password: 'wrong password' } });
    const unknown = await api.call('POST', '/sessions', { json: { ...person, email: 'nobody@example.org' } });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toBe(unknown.text);
    expect(wrong.json).toMatchObject({ code: 'wrong-credentials' });
  });

  test('a session ends at once, by cookie or by token', async () => {
    const opened = await api.call('POST', '/sessions', { json: person });
    const cookie = cookieOf(opened.headers);
    expect(opened.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax/i);
    expect((await api.call('GET', '/me', { headers: { cookie } })).json).toMatchObject({ name: 'Ann' });
    expect((await api.call('DELETE', '/sessions/current', { token: tokenOf(opened.json) })).status).toBe(204);
    expect((await api.call('GET', '/me', { headers: { cookie } })).status).toBe(401);
  });

  test('an address that keeps failing has to wait, right password or not', async () => {
    const victim = { email: 'victim@example.org', password: 'a long password', name: 'Vic' };
    await api.call('POST', '/users', { json: victim, token: admin });
    const guess = () => api.call('POST', '/sessions', { json: { ...victim, password: 'guess' } });
    const statuses = (await Promise.all(Array.from({ length: 11 }, guess))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const late = await api.call('POST', '/sessions', { json: victim });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a foreign page cannot use the cookie, a program needs no origin', async () => {
    const cookie = cookieOf((await api.call('POST', '/sessions', { json: person })).headers);
    const write = (headers: Record<string, string>) =>
      api.call('PUT', '/presence', { json: { state: 'away' }, headers: { cookie, ...headers } });
    expect((await write({})).status).toBe(403);
    expect((await write({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await write({ origin: 'null' })).status).toBe(403);
    expect((await write({ origin: api.baseUrl })).status).toBe(200);
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await api.call('PUT', '/presence', { json: { state: 'dnd' }, token: ann })).status).toBe(200);
    const foreign = { origin: 'https://evil.example' };
    expect((await api.call('POST', '/sessions', { json: person, headers: foreign })).status).toBe(403);
  });

  test('presence is stored and told to the networks; an audience has its own', async () => {
    const told: unknown[] = [];
    api.services.accounts.publishPresence = async (...args) => void told.push(args);
    const set = await api.call('PUT', '/presence', { json: { state: 'away', note: 'lunch' }, token: ann });
    expect(contract.user.parse(set.json).presence).toEqual({ state: 'away', note: 'lunch' });
    expect(told).toEqual([[expect.any(String), undefined]]);
    const audiences = { items: [{ name: 'work', contactIds: [] }] };
    expect((await api.call('PUT', '/audiences', { json: audiences, token: ann })).status).toBe(200);
    await api.call('PUT', '/presence', { json: { state: 'dnd', audience: 'work' }, token: ann });
    // Once for the new audiences, once for what this one sees.
    expect(told.map((args) => (args as unknown[])[1])).toEqual([undefined, undefined, 'work']);
    expect((await api.call('GET', '/audiences', { token: ann })).json).toMatchObject({
      items: [{ name: 'work', presence: { state: 'dnd' } }],
    });
    const unknown = await api.call('PUT', '/presence', { json: { state: 'dnd', audience: 'home' }, token: ann });
    expect(unknown.status).toBe(422);
    const stranger = { items: [{ name: 'work', contactIds: [randomUUID()] }] };
    expect((await api.call('PUT', '/audiences', { json: stranger, token: ann })).status).toBe(422);
  });

  test('others learn of typing and reading unless the user says no', async () => {
    expect((await api.call('GET', '/me', { token: ann })).json).toMatchObject({ sendTyping: true, sendReceipts: true });
    const changed = await api.call('PATCH', '/me', { token: ann, json: { sendReceipts: false } });
    expect(contract.user.parse(changed.json)).toMatchObject({ sendTyping: true, sendReceipts: false });
    expect((await api.call('PATCH', '/me', { token: ann, json: {} })).status).toBe(422);
    expect((await api.call('GET', '/me', { token: admin })).json).toMatchObject({ sendReceipts: true });
  });

  describe('a browser that comes back from another site', () => {
    const state = randomUUID();
    const back = (query: string, headers: Record<string, string>) =>
      api.call('GET', `/logins/callback?${query}`, { headers: { 'sec-fetch-site': 'cross-site', ...headers } });

    test('answers its step with the cookie alone, and is led on to the page', async () => {
      const heard: unknown[] = [];
      api.services.accounts.loginCallback = async (_user, ...args) => void heard.push(args);
      const cookie = cookieOf((await api.call('POST', '/sessions', { json: person })).headers);
      const answer = await back(`state=${state}&code=a%26b&code=c`, { cookie });
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(`/#/networks?login=${state}`);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(heard).toEqual([[state, { code: 'a&b' }]]);
      // Nobody else is believed, and nothing endless.
      expect((await back(`state=${state}`, {})).status).toBe(401);
      const { json } = await api.call('POST', '/tokens', { json: { name: 'script' }, token: ann });
      expect((await back(`state=${state}`, { authorization: `Bearer ${tokenOf(json)}` })).status).toBe(403);
      expect((await back('state=nonsense', { cookie })).status).toBe(422);
      expect((await back(`state=${state}&code=${'x'.repeat(9000)}`, { cookie })).status).toBe(422);
      const parts = Array.from({ length: 40 }, (_, index) => `p${index}=1`).join('&');
      expect((await back(`state=${state}&${parts}`, { cookie })).status).toBe(422);
      expect(heard).toHaveLength(1);
    });
  });
});

describe('personal tokens', () => {
  const make = async (json: object, token = admin) => api.call('POST', '/tokens', { json, token });

  test('are shown once, listed without their secret, and end when revoked', async () => {
    const made = contract.token.parse((await make({ name: 'script' })).json);
    expect(made).toMatchObject({ scopes: ['read', 'write'], token: expect.stringMatching(/^ply_[\w-]{43}$/) });
    expect((await api.call('GET', '/me', { token: made.token })).status).toBe(200);
    const list = await api.call('GET', '/tokens?limit=1', { token: admin });
    expect(list.text).not.toContain(made.token);
    expect((await api.call('DELETE', `/tokens/${made.id}`, { token: admin })).status).toBe(204);
    expect((await api.call('GET', '/me', { token: made.token })).status).toBe(401);
    expect((await api.call('DELETE', `/tokens/${made.id}`, { token: admin })).status).toBe(404);
  });

  test('do only what their scopes say, and make no stronger ones', async () => {
    const reader = tokenOf((await make({ name: 'reader', scopes: ['read'] })).json);
    expect((await api.call('GET', '/contacts', { token: reader })).status).toBe(200);
    expect((await api.call('PUT', '/presence', { json: { state: 'away' }, token: reader })).json).toMatchObject({
      status: 403,
      code: 'missing-scope',
    });
    const writer = tokenOf((await make({ name: 'writer' })).json);
    const user = { email: 'new@example.org', password: 'a long password', name: 'New' };
    expect((await api.call('POST', '/users', { json: user, token: writer })).status).toBe(403);
    expect((await make({ name: 'stronger', scopes: ['admin'] }, writer)).status).toBe(403);
    const strong = tokenOf((await make({ name: 'admin', scopes: ['admin', 'read', 'write'] })).json);
    expect((await api.call('POST', '/users', { json: user, token: strong })).status).toBe(201);
  });

  test('are listed page by page', async () => {
    for (const name of ['one', 'two', 'three']) await make({ name });
    const page = async (cursor: string) => (await api.call('GET', `/tokens?limit=2${cursor}`, { token: admin })).json;
    const one = await page('');
    expect(one).toMatchObject({ items: [{ name: 'three' }, { name: 'two' }], nextCursor: expect.any(String) });
    const cursor = (one as { nextCursor: string }).nextCursor;
    expect(await page(`&cursor=${cursor}`)).toMatchObject({ items: [{ name: 'one' }, expect.anything()] });
    expect((await api.call('GET', '/tokens?cursor=forged', { token: admin })).status).toBe(422);
  });
});
