import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import adapter from '../../src/adapters/matrix/index.js';
import type { Event, MessageEvent } from '../../src/sdk/index.js';
import type { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { browse } from '../support/browse.js';
import { Forwarder } from '../support/forwarder.js';
import { labOrSkip } from '../support/lab.js';
import { Account } from '../support/matrix-account.js';
import { RawUser } from '../support/matrix-lab-peer.js';
import { MatrixPeer } from '../support/matrix-peer.js';

const lab = await labOrSkip(['synapse']);
const texts = (host: FakeHost) => host.events.flatMap((one) => (one.type === 'message' ? [one.text] : []));
const stateWhy = (host: FakeHost) => (host.current && 'why' in host.current ? host.current.why : '');

describe('against a scripted server', () => {
  const inputs = (peer: MatrixPeer) => peer.login.inputs[0] ?? {};
  const signIn = async (peer: MatrixPeer) => {
    const login = adapter.login('password', loginContext());
    await login.start();
    const done = await login.next(inputs(peer));
    if (done.type !== 'done') throw new Error('not done');
    return new Account(done.session);
  };

  test('20,000 messages of an absence arrive once, in order, in small calls', async () => {
    const peer = await MatrixPeer.start();
    peer.window = 100;
    const first = await (await signIn(peer)).online();
    await first.stop();
    const expected = Array.from({ length: 20_000 }, (_, n) => `missed ${n}`);
    for (const text of expected) peer.text(peer.room, peer.partner, text);

    const account = first.next();
    let largest = 0;
    const arrived: MessageEvent[] = [];
    account.host.deliver = async (events: Event[], cursor) => {
      largest = Math.max(largest, events.length);
      for (const event of events) if (event.type === 'message') arrived.push(event);
      if (cursor !== undefined) account.host.cursor = cursor;
      account.host.state(account.host.current ?? { is: 'connecting' });
    };
    const before = memory();
    const began = performance.now();
    account.connection.start();
    await account.host.until(() => arrived.length >= 20_000, 'the backlog', 60_000);
    await account.host.untilState('online', 10_000);
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(arrived.map(({ text }) => text)).toEqual(expected);
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(20_000);
    expect(arrived.some(({ backfill }) => backfill)).toBe(false);
    expect(largest).toBeLessThanOrEqual(1_000);
    expect(memory() - before).toBeLessThan(150);
    await account.stop();
    await peer.stop();
  });

  test('a process that ends in the middle of a backlog begins it again and loses nothing', async () => {
    const peer = await MatrixPeer.start();
    peer.window = 100;
    const first = await (await signIn(peer)).online();
    await first.stop();
    for (let n = 0; n < 3_000; n++) peer.text(peer.room, peer.partner, `missed ${n}`);
    const second = first.next();
    second.connection.start();
    await second.host.until(() => texts(second.host).length >= 1_000, 'a part of it');
    const third = await second.kill();
    await third.online();
    await third.got('missed 2999');
    const all = new Map(
      [...second.host.events, ...third.host.events].flatMap((one) =>
        one.type === 'message' ? [[one.id, one.text]] : [],
      ),
    );
    expect([...all.values()].sort()).toEqual(Array.from({ length: 3_000 }, (_, n) => `missed ${n}`).sort());
    await third.stop();
    await peer.stop();
  });

  test('a room of 10,000 is there with few events, and its members when they are asked for', async () => {
    const peer = await MatrixPeer.start();
    const crowd = Array.from({ length: 9_999 }, (_, n) => `@user${n}:peer.test`);
    const id = '!crowd:peer.test';
    peer.addRoom(
      id,
      ['@parley:peer.test', ...crowd],
      [
        { type: 'm.room.name', content: { name: 'The crowd' } },
        { type: 'm.room.join_rules', content: { join_rule: 'public' } },
      ],
    );
    for (let n = 0; n < 50; n++) peer.text(id, crowd[n * 7] ?? '', `shout ${n}`);
    const before = memory();
    const account = await (await signIn(peer)).online();
    expect(account.host.events.length).toBeLessThan(100);
    expect(await account.got('shout 49')).toMatchObject({
      chat: { kind: 'channel', name: 'The crowd', memberCount: 10_000 },
      from: { name: 'User343' },
      backfill: true,
    });
    expect(peer.requests.filter((one) => one.endsWith('/members'))).toEqual([]);
    const members = (await account.connection.chat(id).members?.list(new AbortController().signal)) ?? [];
    expect(members).toHaveLength(10_000);
    expect(memory() - before).toBeLessThan(150);
    await account.stop();
    await peer.stop();
  });

  test('a limit on sends is told with the time to wait', async () => {
    const peer = await MatrixPeer.start();
    const account = await (await signIn(peer)).online();
    peer.refuseSends = { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'slow', retry_after_ms: 4_321 } };
    await expect(account.send(peer.room, 'too soon')).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 4_321,
    });
    peer.refuseSends = { status: 502, body: {} };
    await expect(account.send(peer.room, 'in trouble')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    peer.refuseSends = undefined;
    await account.send(peer.room, 'at last');
    expect(account.host.current).toEqual({ is: 'online' });
    await account.stop();
    await peer.stop();
  });

  test('a server that does not wait for news is not hammered', async () => {
    const peer = await MatrixPeer.start();
    const account = await (await signIn(peer)).online();
    const syncs = () => peer.requests.filter((one) => one.endsWith('/sync')).length;
    peer.hasty = true;
    await peer.say('from now on');
    await account.got('from now on');
    const before = syncs();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(syncs() - before).toBeLessThanOrEqual(8);
    await peer.say('still heard');
    await account.got('still heard');
    await account.stop();
    await peer.stop();
  });

  test('events that are none, and times from another age, harm nobody', async () => {
    const peer = await MatrixPeer.start();
    const account = await (await signIn(peer)).online();
    const sender = peer.partner;
    const odd: Partial<MessageEvent>[] | unknown[] = [null, 7, 'x', [], { msgtype: 7, body: {} }, { body: 'no type' }];
    for (const content of odd)
      peer.add(peer.room, { type: 'm.room.message', sender, content: content as Record<string, unknown> });
    peer.add(peer.room, {
      type: 'm.reaction',
      sender,
      content: { 'm.relates_to': { rel_type: 'm.annotation', key: 7 } },
    });
    for (const type of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      peer.add(peer.room, { type, sender, content: { body: 'no type of ours' } });
    peer.add(peer.room, { type: 'm.room.redaction', sender, content: { redacts: ['x'] } });
    peer.add(peer.room, { type: 'm.room.name', sender, state_key: '', content: { name: { a: 1 } } });
    peer.add(peer.room, { type: 'm.room.encrypted', sender, content: { algorithm: 'none' } });
    peer.add(peer.room, { type: 'm.room.message', sender, event_id: 'x'.repeat(5_000), content: { body: 'bad id' } });
    const ahead = Date.now() + 400 * 86_400_000;
    const late = { msgtype: 'm.text', body: 'from the future' };
    peer.add(peer.room, { type: 'm.room.message', sender, origin_server_ts: ahead, content: late });
    peer.text(peer.room, sender, 'and on we go');
    await account.got('and on we go');
    expect((await account.got('from the future')).at).toBe(ahead);
    expect(account.host.current).toEqual({ is: 'online' });
    await account.stop();
    await peer.stop();
  });
});

const memory = () => Math.round(process.memoryUsage().heapUsed / 1_048_576);

if (lab) {
  describe('against Synapse', () => {
    const { synapse } = lab;
    let bob: RawUser;
    let room: string;
    beforeAll(async () => {
      const user = synapse.users.find(({ name }) => name === 'bob');
      const parley = synapse.users.find(({ name }) => name === 'parley');
      if (!user || !parley) throw new Error('no users');
      bob = new RawUser(synapse, user);
      const created = await bob.ask('POST', '/createRoom', { invite: [parley.id], name: 'Faults' });
      room = String(created.room_id);
      await new RawUser(synapse, parley).ask('POST', `/join/${encodeURIComponent(room)}`, {});
    });
    afterAll(() => bob?.stop());

    test('single sign-on: there by redirect, and back with what the browser brings', async () => {
      const callbackUrl = 'http://127.0.0.1:9/api/v1/logins/callback';
      const login = adapter.login('sso', loginContext({ callbackUrl, callbackState: 'state-of-it' }));
      await login.start();
      const step = await login.next({ homeserver: synapse.url });
      if (step.type !== 'redirect') throw new Error(`got ${step.type}`);
      const back = await browse(step.url, callbackUrl);
      expect(back.searchParams.get('state')).toBe('state-of-it');
      const done = await login.next(Object.fromEntries(back.searchParams));
      expect(done).toMatchObject({ type: 'done', remoteId: '@carol:lab.test', remoteName: '@carol:lab.test' });
      if (done.type !== 'done') throw new Error('not done');
      expect(JSON.stringify(done.session)).not.toContain('loginToken');
      const account = await new Account(done.session).online();
      await account.stop();
    });

    test('an access token is enough; one that is none is refused at once', async () => {
      const token = (await synapse.addUser('tom')).token;
      const login = adapter.login('token', loginContext());
      await login.start();
      await expect(login.next({ homeserver: synapse.url, accessToken: 'nonsense' })).rejects.toMatchObject({
        fields: { accessToken: expect.any(String) },
      });
      const done = await login.next({ homeserver: synapse.url, accessToken: token });
      expect(done).toMatchObject({ type: 'done', remoteId: '@tom:lab.test' });
      if (done.type !== 'done') throw new Error('not done');
      await (await new Account(done.session).online()).stop();
    });

    test('a wrong password and a revoked session ask for a new sign-in, and say so differently', async () => {
      const wrong = await Account.signIn(synapse.url, 'parley', { password: 'not this' });
      wrong.connection.start();
      await wrong.host.untilState('needs-login', 20_000);
      expect(stateWhy(wrong.host)).toContain('does not accept this name and password');
      await wrong.stop();

      const account = await (await Account.signIn(synapse.url, 'parley')).online();
      const headers = { authorization: `Bearer ${account.token}` };
      await fetch(`${synapse.url}/_matrix/client/v3/logout`, { method: 'POST', headers });
      await account.host.untilState('needs-login', 40_000);
      expect(stateWhy(account.host)).toContain('no longer accepts this sign-in');
      await expect(account.send(room, 'too late')).rejects.toMatchObject({ kind: 'auth' });
      await account.stop();
    });

    test('removing the account ends its device at the server; a token that was given stays', async () => {
      const me = (token: string) =>
        fetch(`${synapse.url}/_matrix/client/v3/account/whoami`, { headers: { authorization: `Bearer ${token}` } });
      const account = await (await Account.signIn(synapse.url, 'parley')).online();
      expect((await me(account.token)).status).toBe(200);
      await account.connection.signOut?.();
      expect((await me(account.token)).status).toBe(401);
      await account.stop();

      const { token } = await synapse.addUser('tim');
      const login = adapter.login('token', loginContext());
      await login.start();
      const done = await login.next({ homeserver: synapse.url, accessToken: token });
      if (done.type !== 'done') throw new Error('not done');
      const given = await new Account(done.session).online();
      await given.connection.signOut?.();
      expect((await me(token)).status).toBe(200);
      await given.stop();
    });

    test('a certificate that is not trusted is told of, and one that the person trusts is enough', async () => {
      const account = await Account.signIn(synapse.tlsUrl, 'parley');
      account.connection.start();
      await account.host.untilState('waiting', 20_000);
      expect(stateWhy(account.host)).toContain('shows a certificate that is not trusted');
      await account.stop();
      const certificate = await readFile(synapse.caFile, 'utf8');
      const trusting = await (await Account.signIn(synapse.tlsUrl, 'parley', { certificate })).online();
      await trusting.send(room, 'over TLS');
      await trusting.stop();
    });

    test('an absence is read to its end, in order; a cut in the middle costs nothing', async () => {
      const forwarder = await Forwarder.start(synapse.port);
      const first = await (await Account.signIn(`http://127.0.0.1:${forwarder.port}`, 'parley')).online();
      await first.stop();
      const wanted = Array.from({ length: 120 }, (_, n) => `away ${n}`);
      for (const text of wanted) await bob.send(room, text);
      const account = first.next();
      forwarder.cutAfter(30_000);
      account.connection.start();
      await account.got('away 119', 30_000);
      const distinct = new Map(
        account.host.events.flatMap((one) => (one.type === 'message' ? [[one.id, one.text]] : [])),
      );
      expect([...distinct.values()].filter((text) => text.startsWith('away'))).toEqual(wanted);
      await account.stop();
      await forwarder.down();
    });

    test('the same send twice shows one message, also after a restart of the server', async () => {
      const account = await (await Account.signIn(synapse.url, 'parley')).online();
      const key = crypto.randomUUID();
      const once = await account.send(room, 'only once', { key });
      await synapse.limitMessages(1);
      await account.host.until(
        () => account.host.states.filter(({ is }) => is === 'online').length > 1,
        'online again',
        40_000,
      );
      expect((await account.send(room, 'only once', { key })).remoteId).toBe(once.remoteId);
      const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => account.send(room, `hurry ${n}`)));
      const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(refused.length).toBeGreaterThan(0);
      for (const reason of refused)
        expect(reason).toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.any(Number) });
      expect(
        account.host.states.some((one) => one.is === 'waiting' && one.why.includes('refuses the connection')),
      ).toBe(true);
      await account.stop();
    });
  });
}
