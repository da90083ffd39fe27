import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayPeer } from '../../../../test/support/sms-gateway-peer.js';
import { own, partner } from '../../../../test/support/sms-parts.js';
import type { Connection, Event, JsonObject, OutgoingMessage } from '../../../sdk/index.js';
import { FakeClock } from '../../../sdk/testing/fake-clock.js';
import { FakeHost, type FakeHostOptions } from '../../../sdk/testing/fake-host.js';
import { loginContext } from '../../../sdk/testing/login-context.js';
import adapter from '../index.js';

let peer: GatewayPeer;
const open: Connection[] = [];

beforeEach(async () => {
  peer = await GatewayPeer.start();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
  await peer.stop();
});

async function signIn(more: Record<string, unknown> = {}): Promise<JsonObject> {
  const done = await adapter.login('http', loginContext()).next({ ...peer.login.inputs[0], ...more });
  if (done.type !== 'done') throw new Error('not signed in');
  return done.session;
}
async function connect(options: FakeHostOptions & { input?: Record<string, unknown> } = {}) {
  const host = new FakeHost({ webhookUrl: peer.webhookUrl, ...options });
  const session = await signIn(options.input);
  const connection = adapter.open({ id: 'a', remoteId: 'r', name: 'n', session }, host);
  open.push(connection);
  peer.attach(host);
  connection.start();
  return { host, connection };
}
async function online(options: FakeHostOptions & { input?: Record<string, unknown> } = {}) {
  const opened = await connect(options);
  await opened.host.untilState('online');
  return opened;
}
let count = 0;
const message = (text: string): OutgoingMessage => ({
  key: `key/${++count}`,
  text,
  attachments: [],
  signal: new AbortController().signal,
});
const send = (connection: Connection, text: string) => connection.chat(partner).send.message(message(text));
const receipts = (host: FakeHost) =>
  host.events.filter((event): event is Extract<Event, { type: 'receipt' }> => event.type === 'receipt');

describe('sending', () => {
  it.each(['late', 'early'] as const)('speaks Kannel, and a %s report proves the message', async (when) => {
    const { host, connection } = await online();
    peer.reports = when;
    const sent = await send(connection, 'Grüße & Küsse + 5 €?');
    await peer.heard('Grüße & Küsse + 5 €?');
    await host.until(() => receipts(host)[0], 'the receipt');
    expect(receipts(host)).toMatchObject([{ target: sent.remoteId, proves: 'delivered' }]);
    const query = Object.fromEntries(peer.sends[0]!.url.searchParams);
    expect(query).toMatchObject({
      username: 'parley',
      password: 'secret',
      from: own,
      to: partner,
      charset: 'UTF-8',
      coding: '0',
      'dlr-mask': '31',
    });
    await send(connection, 'Привет 😀');
    expect(peer.sends[1]!.url.searchParams.get('coding')).toBe('2');
  });

  it('passes on the words of a failure', async () => {
    const { host, connection } = await online();
    const sent = await send(connection, 'hello');
    await peer.report(peer.sends[0]!, 8);
    await peer.report(peer.sends[0]!, 2, 'absent subscriber');
    expect(receipts(host)).toMatchObject([
      { target: sent.remoteId, proves: 'sent' },
      { target: sent.remoteId, proves: 'failed', reason: 'absent subscriber' },
    ]);
  });

  it.each([
    [401, 'auth'],
    [403, 'auth'],
    [400, 'rejected'],
    [302, 'rejected'],
    [429, 'rate-limited'],
    [503, 'temporary'],
    [500, 'unknown-outcome'],
    [502, 'unknown-outcome'],
  ])('an answer of %i is %s', async (status, kind) => {
    const { host, connection } = await online();
    peer.replies.push({ status, body: '<h1>no</h1>', headers: { 'retry-after': '7', location: '/' } });
    const error = await send(connection, 'hello').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind, message: expect.stringContaining(String(status)) });
    if (kind === 'rate-limited') expect(error).toMatchObject({ retryAfterMs: 7000 });
    expect(host.current?.is).toBe(kind === 'auth' ? 'needs-login' : 'online');
  });

  it('does not know the outcome where the answer is lost', async () => {
    const { connection } = await online();
    peer.cutAfterSend = true;
    await expect(send(connection, 'hello')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(peer.sends).toHaveLength(1);
  });

  it('a gateway found down by a send is waited for', async () => {
    const { host, connection } = await online();
    await peer.down();
    await expect(send(connection, 'hello')).rejects.toMatchObject({
      kind: 'temporary',
      message: expect.stringContaining('refused'),
    });
    await host.untilState('waiting');
    await peer.up();
    await host.untilState('online');
    await send(connection, 'hello');
  });

  it('speaks to other gateways as told, and takes their id', async () => {
    const input = { method: 'json', auth: 'bearer', parameters: 'to={toDigits}&sender={from}&message={text}' };
    const { host, connection } = await online({ input });
    peer.replies.push({ status: 200, body: '{"messages":[{"id":12345}]}' });
    expect(await send(connection, 'hello')).toMatchObject({ remoteId: '12345', providerId: '12345' });
    expect(JSON.parse(peer.sends[0]!.body)).toEqual({ to: partner.slice(1), sender: own, message: 'hello' });
    expect(peer.sends[0]!.headers.authorization).toBe('Bearer secret');
    await peer.call('/dlr', { id: '12345', status: 'UNDELIVERED', error: 'no route' });
    expect(receipts(host)).toMatchObject([{ target: '12345', proves: 'failed', reason: 'no route' }]);
  });
});

describe('receiving', () => {
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
  const json = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it('takes GET, form, JSON and Kannel bodies', async () => {
    const { host } = await online();
    const plain = {
      method: 'POST',
      body: Buffer.from('vierte'),
      headers: { 'content-type': 'text/plain', 'x-kannel-from': partner },
    };
    const answers = [
      await peer.call('/incoming', { from: '447700900123', to: own, text: 'first' }),
      await peer.call('/incoming', {}, form({ sender: partner, message: 'second + ü' })),
      await peer.call('/incoming', {}, json('{"from":"MyBank","text":"third","id":9007199254740993}')),
      await peer.call('/incoming', {}, plain),
    ];
    expect(answers).toEqual(answers.map(() => ({ status: 200, body: '' })));
    expect(host.events).toMatchObject([
      { text: 'first', chat: { id: partner, kind: 'direct' }, from: { address: partner } },
      { text: 'second + ü' },
      { text: 'third', chat: { id: 'MyBank' } },
      { text: 'vierte' },
    ]);
  });

  it('refuses a wrong token before anything else, and what it cannot read', async () => {
    const { host } = await online();
    const message = { from: partner, text: 'x' };
    const statuses = [
      await peer.call('/incoming', { ...message, token: 'wrong' }),
      await peer.call('/dlr', { key: 'k', status: '1', token: '' }),
      await peer.call('/incoming', { text: 'no sender' }),
      await peer.call('/incoming', {}, json('[null]')),
      await peer.call('/incoming', {}, json('{"from":null,"text":[]}')),
      await peer.call('/dlr', { key: 'k', status: 'perhaps' }),
      await peer.call('/else', message),
      await peer.call('/incoming', message, { method: 'DELETE' }),
      await peer.call('/incoming', {}, { method: 'POST', body: Buffer.alloc(50 * 1024 * 1024) }),
    ].map((answer) => answer.status);
    expect(statuses).toEqual([403, 403, 400, 400, 400, 400, 404, 405, 413]);
    expect(host.events).toEqual([]);
  });

  it('says 503 while it cannot store, and a repeat is one message', async () => {
    const { host } = await online();
    const call = () => peer.call('/incoming', { from: partner, text: 'once', timestamp: '1795000000' });
    host.deliverError = new Error('no database');
    expect((await call()).status).toBe(503);
    host.deliverError = undefined;
    await call();
    await call();
    expect(new Set(host.events.map((event) => event.type === 'message' && event.id)).size).toBe(1);
  });
});

describe('connecting', () => {
  it('names what is wrong', async () => {
    await peer.refuseAuth();
    const refused = await connect();
    expect(await refused.host.untilState('needs-login')).toMatchObject({ why: expect.stringContaining('password') });
    await expect(send(refused.connection, 'x')).rejects.toMatchObject({ kind: 'auth' });

    await peer.garbage();
    const garbage = await connect();
    expect(await garbage.host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('did not speak HTTP'),
    });

    await peer.hang();
    const clock = new FakeClock();
    const hang = await connect({ clock });
    await peer.phone.until(() => clock.pending > 0, 'the check');
    clock.advance(20_000);
    expect(await hang.host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('did not answer within 20 s'),
    });

    await peer.down();
    const down = await connect();
    expect(await down.host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('connection refused') });
  });

  it('works without a public URL, one way, and says so once', async () => {
    const warnings: string[] = [];
    const log = { debug: () => {}, info: () => {}, warn: (text: string) => warnings.push(text) };
    const { connection } = await online({ webhookUrl: undefined, log });
    await send(connection, 'hello');
    await send(connection, 'hello');
    expect(peer.sends[0]!.url.searchParams.has('dlr-url')).toBe(false);
    expect(connection.chat(partner).send.proves).toBe('sent');
    expect(warnings).toHaveLength(1);
  });

  it('stops twice, also while a check hangs, and leaves no timer', async () => {
    const clock = new FakeClock();
    const { connection } = await online({ clock });
    await Promise.all([connection.stop(), connection.stop()]);
    await peer.hang();
    const hanging = await connect({ clock });
    await hanging.connection.stop();
    expect(clock.pending).toBe(0);
  });
});
