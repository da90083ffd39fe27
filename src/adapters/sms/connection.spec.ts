import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayPeer } from '../../../test/support/sms-gateway-peer.js';
import { own, partner } from '../../../test/support/sms-parts.js';
import { SmscPeer } from '../../../test/support/sms-peer.js';
import type { Connection, Event, JsonObject, OutgoingMessage } from '../../sdk/index.js';
import { FakeHost, type FakeHostOptions } from '../../sdk/testing/fake-host.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import { RunningClock } from '../../sdk/testing/running-clock.js';
import { times } from './cost.js';
import adapter from './index.js';
import { wishIn, wordsOf } from './opt-out.js';

const others = ['+447700900101', '+447700900102'];
let centre: SmscPeer;
let gateway: GatewayPeer;
const open: Connection[] = [];

beforeEach(async () => {
  [centre, gateway] = await Promise.all([SmscPeer.start(), GatewayPeer.start()]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
  await Promise.all([centre.stop(), gateway.stop()]);
});

class Host extends FakeHost {
  override readonly clock = new RunningClock();
  ofType<T extends Event['type']>(type: T): Extract<Event, { type: T }>[] {
    return this.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  }
}

type Options = { flow?: 'smpp' | 'http'; input?: JsonObject; session?: JsonObject; cursor?: FakeHostOptions['cursor'] };

async function connect({ flow = 'smpp', input = {}, session, cursor }: Options = {}) {
  const peer = flow === 'smpp' ? centre : gateway;
  const done = await adapter.login(flow, loginContext()).next({ ...peer.login.inputs[0], ...input });
  if (done.type !== 'done') throw new Error('not signed in');
  const host = new Host({ webhookUrl: gateway.webhookUrl, ...(cursor === undefined ? {} : { cursor }) });
  const connection = adapter.open({ id: 'a', remoteId: 'r', name: 'n', session: session ?? done.session }, host);
  open.push(connection);
  gateway.attach(host);
  connection.start();
  await host.untilState('online');
  return { host, connection };
}

/** An account on the centre, with the gateway behind it. */
async function both(more: JsonObject = {}) {
  const { host, connection } = await connect();
  const second = { second: 'http', secondAddress: gateway.url, secondUsername: 'parley', secondPassword: 'secret' };
  await connection.settings?.change({ ...second, ...more });
  await host.until(() => connection.setup?.().filter(({ value }) => value === 'online').length === 2, 'both gateways');
  return { host, connection };
}

let count = 0;
const message = (text: string): OutgoingMessage => ({
  ...{ key: `key-${++count}`, text, attachments: [], signal: new AbortController().signal },
});
const send = (connection: Connection, text: string, to = partner) => connection.chat(to).send.message(message(text));
const kept = (host: FakeHost) => JSON.parse(JSON.stringify(host.cursor));
const sources = () => centre.submits.map(({ pdu }) => `+${pdu.source_addr}`);

describe('two gateways', () => {
  it('the second takes what the first cannot, the ledger says which, and the first is used again', async () => {
    const { host, connection } = await both({ price: '0.05', secondPrice: '0.10', currency: 'eur' });
    expect(await send(connection, 'by the first')).toMatchObject({
      provider: '127.0.0.1',
      cost: { amount: '0.05', currency: 'EUR' },
    });
    expect(centre.count('by the first')).toBe(1);
    await centre.down();
    await host.until(() => connection.setup?.()[0]?.value.startsWith('waiting'), 'the first to be missed');
    expect(host.current).toEqual({ is: 'online' });
    expect(await send(connection, `by the second ${'x'.repeat(160)}`)).toMatchObject({
      parts: 2,
      cost: { amount: '0.2', currency: 'EUR' },
    });
    expect(gateway.count('by the second')).toBe(1);
    await gateway.down();
    const neither = send(connection, 'by none');
    await expect(neither).rejects.toMatchObject({
      kind: 'temporary',
      message: expect.stringMatching(/refused.*; .*not connected/),
    });
    expect(await host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('; ') });
    await Promise.all([centre.up(), gateway.up()]);
    host.clock.skip(400_000);
    await host.until(() => connection.setup?.()[0]?.value === 'online', 'the first to be back');
    await send(connection, 'by the first again');
    expect(centre.count('by the first again')).toBe(1);
  });

  it('moves on only where nothing was sent', async () => {
    const { connection } = await both();
    centre.submitStatuses.push(0x58, 0x0b);
    await send(connection, 'throttled');
    expect(gateway.count('throttled')).toBe(1);
    await expect(send(connection, 'bad number')).rejects.toMatchObject({ kind: 'rejected' });
    // The rest of a text goes where its beginning went.
    const long = message(`${'a'.repeat(153)}${'b'.repeat(153)}c`);
    centre.submitStatuses.push(0, 0x58);
    await expect(connection.chat(partner).send.message(long)).rejects.toThrow('1 of 3 parts were sent');
    await connection.chat(partner).send.message(long);
    expect(centre.phone.texts).toEqual([long.text]);
    centre.submitMode = 'cut';
    await expect(send(connection, 'lost')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(gateway.phone.texts).toEqual(['throttled']);
  });

  it('one that fails again and again is asked last for a while', async () => {
    const { host, connection } = await both();
    centre.submitStatuses.push(0x64, 0x64, 0x64);
    for (let index = 0; index < 3; index++) await send(connection, `failing ${index}`);
    await send(connection, 'spared');
    expect(gateway.phone.texts).toEqual(['failing 0', 'failing 1', 'failing 2', 'spared']);
    expect(centre.submits).toHaveLength(0);
    for (let second = 0; second < 61; second++) {
      host.clock.skip(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await host.until(() => connection.setup?.()[0]?.value === 'online', 'the first');
    await send(connection, 'tried again');
    expect(centre.count('tried again')).toBe(1);
  });

  it('both receive, each under its own address, and what they bring does not mix', async () => {
    const { host, connection } = await both();
    const entered = connection.setup?.().find(({ label }) => label.endsWith('(other gateways)'))?.value ?? '';
    expect(entered).toContain('/hook/2/incoming?token=');
    const answer = await fetch(
      `${entered}&${new URLSearchParams({ from: partner, text: 'over the second', id: '1' })}`,
    );
    expect(answer.status).toBe(200);
    await centre.say('over the first');
    await host.untilMessage('over the first');
    expect(host.ofType('message').map(({ id }) => id.startsWith('2.'))).toEqual([true, false]);
    const sent = await send(connection, 'reported');
    await centre.report(String(sent.providerId));
    expect(host.ofType('receipt')).toMatchObject([{ target: sent.remoteId, proves: 'delivered' }]);
    await centre.deliver({
      esm_class: 0x40,
      short_message: Buffer.concat([Buffer.from([5, 0, 3, 9, 2, 1]), Buffer.from('half ')]),
    });
    await connection.stop();
    const again = await connect({ session: host.sessions.at(-1), cursor: kept(host) });
    await centre.deliver({
      esm_class: 0x40,
      short_message: Buffer.concat([Buffer.from([5, 0, 3, 9, 2, 2]), Buffer.from('whole')]),
    });
    await again.host.untilMessage('half whole');
  });
});

it('ids of two gateways are told apart', async () => {
  const { host, connection } = await connect({ flow: 'http', input: { parameters: 'to={to}&text={text}' } });
  const { port } = centre;
  await connection.settings?.change({
    ...{ second: 'smpp', secondAddress: `127.0.0.1:${port}`, secondUsername: 'parley', secondPassword: 'secret' },
  });
  await host.until(() => connection.setup?.().filter(({ value }) => value === 'online').length === 2, 'both gateways');
  gateway.replies.push({ status: 200, body: '{"id":"1a2b3c"}' }, { status: 503 });
  const [first, second] = [await send(connection, 'by the gateway'), await send(connection, 'by the centre')];
  expect([first.remoteId, second.remoteId]).toEqual(['1a2b3c', '2.1a2b3c']);
  await centre.report('1A2B3C', 'UNDELIV');
  await gateway.call('/dlr', { id: '1a2b3c', status: 'delivered' });
  expect(host.ofType('receipt').map(({ target, proves }) => `${target} ${proves}`)).toEqual([
    '2.1a2b3c failed',
    '1a2b3c delivered',
  ]);
});

describe('our numbers', () => {
  it('a person hears from one of them, the one they wrote to, also after a restart', async () => {
    const from = [own, ...others].join(', ');
    const { host, connection } = await connect({ input: { from } });
    const people = Array.from({ length: 30 }, (_, index) => `+4477009005${String(index).padStart(2, '0')}`);
    for (const person of people) await send(connection, 'hello', person);
    expect(new Set(sources())).toEqual(new Set([own, ...others]));
    const first = sources();
    await centre.deliver({
      source_addr: people[0]?.slice(1),
      destination_addr: others[1]?.slice(1),
      short_message: 'to this one',
    });
    await connection.stop();
    const again = await connect({ input: { from: [others[0], own, others[1]].join(',') }, cursor: kept(host) });
    for (const person of people) await send(again.connection, 'again', person);
    expect(sources().slice(30)).toEqual([others[1], ...first.slice(1)]);
  });

  it('landlines and the like are refused, with the reason', async () => {
    const { connection } = await connect();
    for (const [number, why] of [
      ['+442079460000', 'a landline'],
      ['+498001234567', 'toll-free'],
      ['+449098790000', 'premium-rate'],
    ]) {
      const error = { kind: 'rejected', message: expect.stringContaining(why ?? '') };
      await expect(connection.resolve(number ?? '', { join: false })).rejects.toMatchObject(error);
    }
    // Who has written can be answered, whatever the plan says of the number; some of these do write.
    await send(connection, 'an answer', '+442079460000');
    expect(await connection.resolve('+1 800 555 1234', { join: false })).toMatchObject({
      chat: { id: '+18005551234' },
    });
    expect(await connection.resolve('+44 7700-900123', { join: false })).toMatchObject({
      buddy: { address: '+447700900123', name: '+44 7700 900123' },
    });
  });
});

describe('STOP and START', () => {
  it('are kept for the number, and confirmed once', async () => {
    const { host, connection } = await connect();
    const wishes = () => host.ofType('contact').map(({ buddy, optedOut }) => `${buddy.id} ${optedOut}`);
    await centre.say('Stop!');
    await centre.heard('Reply START');
    await centre.say('STOP');
    await host.until(() => wishes().length === 2, 'the second STOP');
    await centre.say('please do not stop');
    await centre.say('start');
    await host.until(() => wishes().length === 3, 'START');
    expect(wishes()).toEqual([`${partner} true`, `${partner} true`, `${partner} false`]);
    expect(centre.count('Reply START')).toBe(1);
    expect(host.ofType('message').filter(({ from }) => !from)).toMatchObject([
      { format: 'notice', chat: { id: partner } },
    ]);
    await connection.stop();
    const again = await connect({ cursor: kept(host) });
    await centre.say('arrêt');
    await again.host.until(() => centre.count('Reply START') === 2, 'the confirmation of a new STOP');
  });

  it('in the words that were chosen, without an answer where none is wanted', async () => {
    const { host, connection } = await connect();
    await connection.settings?.change({ languages: 'en', stopWords: 'Leave me alone, GENUG', confirmStop: '' });
    for (const text of ['ABMELDEN', 'genug', 'leave  me alone.', 'END']) await centre.say(text);
    await host.until(() => host.ofType('contact').length === 3, 'three wishes');
    expect(host.ofType('message')).toHaveLength(4);
    expect(centre.submits).toEqual([]);
  });

  it('only where they are all that is said', () => {
    const words = wordsOf(['en', 'de', 'fr', 'tr'], { stop: [], start: [] });
    for (const text of ['STOP', ' stop. ', 'Stopp!!', 'ARRÊT', 'arret', 'dur', '"STOP"', 'Stop all'])
      expect(wishIn(text, words), text).toBe('stop');
    for (const text of ['start', 'Anmelden']) expect(wishIn(text, words)).toBe('start');
    for (const text of ['stop it', 'I will not stop', '', 'don’t end', 'stop '.repeat(20)])
      expect(wishIn(text, words), text).toBeUndefined();
  });
});

describe('calls of a gateway', () => {
  const call = (body: string, headers: Record<string, string> = {}) =>
    gateway.call(
      '/incoming',
      {},
      { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
    );

  it('have to be signed where they are said to be', async () => {
    const secret = 'a signing secret for tests';
    const { host } = await connect({ flow: 'http', input: { signingSecret: secret } });
    const body = JSON.stringify({ from: partner, text: 'signed', id: '7' });
    const hmac = createHmac('sha256', secret).update(body);
    const bytes = hmac.digest();
    const statuses = [
      await call(body),
      await call(body, { 'x-signature': 'sha256=00' }),
      await call(`${body} `, { 'x-signature': bytes.toString('hex') }),
      await gateway.call('/incoming', { from: partner, text: 'by GET' }),
      await call(body, { 'x-hub-signature-256': `sha256=${bytes.toString('hex')}` }),
      await call(body, { 'x-signature': bytes.toString('base64') }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 403, 200, 200]);
    // A call that is played again is the same message.
    expect(new Set(host.ofType('message').map(({ id }) => id))).toEqual(new Set(['id.7']));
  });

  it('with parts are put together, by header or by number, also across a restart', async () => {
    const { host, connection } = await connect({ flow: 'http' });
    const part = (more: Record<string, string>) => gateway.call('/incoming', { from: partner, to: own, ...more });
    await part({ text: 'two 😀', udh: '050003CC0302' });
    await part({ text: ' three', udh: '%05%00%03%CC%03%03' });
    await part({ text: 'B', 'concat-ref': '7', 'concat-total': '2', 'concat-part': '2' });
    expect(host.events).toEqual([]);
    await connection.stop();
    const again = await connect({ flow: 'http', cursor: kept(host) });
    await part({ text: 'one ', udh: '\u0005\u0000\u0003\u00cc\u0003\u0001' });
    await part({ text: 'A', 'concat-ref': '7', 'concat-total': '2', 'concat-part': '1' });
    await part({ text: 'alone', udh: '' });
    expect(again.host.ofType('message').map(({ text }) => text)).toEqual(['one two 😀 three', 'AB', 'alone']);
    await part({ text: 'late', udh: '0500030A0201' });
    for (let minute = 0; minute < 12; minute++) again.host.clock.skip(60_000);
    await again.host.untilMessage('late[part 2 of 2 is missing]');
  });
});

describe('settings', () => {
  it('are checked field by field, and shown as they are', async () => {
    const { host, connection } = await connect();
    for (const [input, field] of [
      [{ price: 'cheap' }, 'price'],
      [{ price: '0.05' }, 'currency'],
      [{ currency: 'EURO' }, 'currency'],
      [{ perSecond: '0' }, 'perSecond'],
      [{ languages: 'en, xx' }, 'languages'],
      [{ from: '+1' }, 'from'],
      [{ second: 'pigeon' }, 'second'],
      [{ second: 'smpp' }, 'secondAddress'],
      [{ second: 'smpp', secondAddress: 'smsc.test', secondUsername: 'me' }, 'secondPassword'],
      [{ second: 'http', secondAddress: 'ftp://x' }, 'secondAddress'],
      [{ second: 'http', secondAddress: 'https://x.test', secondFrom: 'much too long a name' }, 'secondFrom'],
      [{ confirmStop: 'x'.repeat(301) }, 'confirmStop'],
    ] as const) {
      const changed = connection.settings?.change(input);
      await expect(changed, JSON.stringify(input)).rejects.toMatchObject({
        kind: 'rejected',
        fields: { [field]: expect.any(String) },
      });
    }
    await connection.settings?.change({
      second: 'smpp',
      secondAddress: '127.0.0.1:9',
      secondUsername: 'me',
      secondPassword: 'pw',
    });
    await connection.settings?.change({ price: '0,075', currency: 'eur', secondUsername: 'you' });
    const shown = new Map(connection.settings?.fields().map(({ name, value }) => [name, value]));
    expect(Object.fromEntries(shown)).toMatchObject({
      ...{ from: own, price: '0.075', currency: 'EUR', second: 'smpp', secondAddress: '127.0.0.1:9' },
      ...{ secondUsername: 'you', secondPassword: undefined, secondFrom: own },
    });
    expect(host.sessions.at(-1)).toMatchObject({ password: 'secret', second: { password: 'pw', systemId: 'you' } });
    await connection.settings?.change({ second: 'none' });
    expect(connection.setup?.()).toEqual([]);
    await host.untilState('online');
    expect((await send(connection, 'one gateway')).provider).toBeUndefined();
  });

  it('how many messages a second the contract allows is kept to', async () => {
    const { connection } = await connect();
    expect(connection.chat('+447700900200').send.pace).toBeUndefined();
    await connection.settings?.change({ perSecond: '2,5' });
    expect(connection.chat('+447700900200').send.pace).toEqual({ account: { burst: 2, perMs: 400 } });
  });

  it('an account of before opens, with what it remembered', async () => {
    const v1 = { v: 1, parts: [], seen: [], groups: [], early: [], resumes: [], reportIds: 'decimal' };
    const { host } = await connect({ cursor: v1 });
    await centre.say('hello');
    await host.untilMessage('hello');
    expect(kept(host)).toMatchObject({ v: 2, gateways: [{ v: 1, reportIds: 'decimal' }] });
  });

  it('prices are exact', () => {
    expect(times('0.1', 3)).toBe('0.3');
    expect(times('0.000001', 999_999)).toBe('0.999999');
    expect(times('1234567.5', 2)).toBe('2469135');
    expect(times('0', 5)).toBe('0');
  });
});
