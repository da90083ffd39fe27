import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { own, partner } from '../../../../test/support/sms-parts.js';
import { SmscPeer } from '../../../../test/support/sms-peer.js';
import type { Connection, Event, JsonObject, OutgoingMessage } from '../../../sdk/index.js';
import { FakeClock } from '../../../sdk/testing/fake-clock.js';
import { FakeHost, type FakeHostOptions } from '../../../sdk/testing/fake-host.js';
import { loginContext } from '../../../sdk/testing/login-context.js';
import adapter from '../index.js';

let peer: SmscPeer;
let session: JsonObject;
const open: Connection[] = [];

beforeEach(async () => {
  peer = await SmscPeer.start();
  const done = await adapter.login('smpp', loginContext()).next(peer.login.inputs[0] ?? {});
  if (done.type !== 'done') throw new Error('not signed in');
  session = done.session;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
  await peer.stop();
});

function connect(options: FakeHostOptions = {}) {
  const host = new FakeHost(options);
  const connection = adapter.open({ id: 'a', remoteId: 'r', name: 'n', session }, host);
  open.push(connection);
  connection.start();
  return { host, connection };
}
async function online(options: FakeHostOptions = {}) {
  const opened = connect(options);
  await opened.host.untilState('online');
  await peer.phone.until(() => peer.session.current !== undefined, 'the bind');
  return opened;
}
let count = 0;
const message = (text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  key: `key-${++count}`,
  text,
  attachments: [],
  signal: new AbortController().signal,
  ...more,
});
const send = (connection: Connection, text: string, more?: Partial<OutgoingMessage>) =>
  connection.chat(partner).send.message(message(text, more));
const receipts = (host: FakeHost) =>
  host.events.filter((event): event is Extract<Event, { type: 'receipt' }> => event.type === 'receipt');
const texts = (host: FakeHost) => host.events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
/** One part of a long message: GSM text behind an 8-bit reference. */
const part = (ref: number, total: number, index: number, text: string) => ({
  esm_class: 0x40,
  short_message: Buffer.concat([Buffer.from([5, 0, 3, ref, total, index]), Buffer.from(text)]),
});

describe('sending', () => {
  it('sends plain and wide text, and proves delivery under the id it answered', async () => {
    const { host, connection } = await online();
    peer.reports = 'late';
    const sent = await send(connection, 'Grüße: [5 €]');
    await peer.heard('Grüße: [5 €]');
    const receipt = await host.until(() => receipts(host)[0], 'a receipt');
    expect(receipt).toMatchObject({ target: sent.remoteId, proves: 'delivered' });
    expect(sent).toMatchObject({ proof: 'sent', parts: 1, providerId: '1A2B3C' });
    await send(connection, 'Привет 😀');
    await peer.heard('Привет 😀');
    const { pdu } = peer.submits[0]!;
    expect(pdu).toMatchObject({ source_addr: own.slice(1), destination_addr: partner.slice(1), dest_addr_ton: 1 });
  });

  it.each(['early', 'late'] as const)(
    'a long text arrives whole and its %s reports prove it together',
    async (when) => {
      const { host, connection } = await online();
      peer.reports = when;
      peer.decimalReports = true;
      const text = `start ${'😀 long '.repeat(40)}end`;
      const sent = await send(connection, text);
      await peer.heard(text);
      expect(sent.parts).toBe(peer.submits.length);
      expect(peer.submits.length).toBeGreaterThan(3);
      await host.until(() => receipts(host).length > 0, 'the receipt');
      expect(receipts(host)).toMatchObject([{ target: sent.remoteId, proves: 'delivered' }]);
    },
  );

  it('receipts of a long text are matched after a restart', async () => {
    const first = await online();
    const sent = await send(first.connection, 'x'.repeat(200));
    await first.connection.stop();
    const { host } = await online({ cursor: first.host.cursor });
    await peer.report(peer.submits[0]!.id);
    await peer.report(peer.submits[1]!.id, 'UNDELIV', '001');
    expect(receipts(host)).toMatchObject([{ target: sent.remoteId, proves: 'failed' }]);
  });

  it.each([
    [0x58, 'rate-limited'],
    [0x14, 'rate-limited'],
    [0x08, 'temporary'],
    [0x0b, 'rejected'],
    [0x45, 'rejected'],
  ])('a refusal with status %i is %s', async (status, kind) => {
    const { connection } = await online();
    peer.submitStatuses.push(status);
    await expect(send(connection, 'hello')).rejects.toMatchObject({ kind });
    expect(peer.count('hello')).toBe(0);
    await send(connection, 'hello');
    expect(peer.count('hello')).toBe(1);
  });

  it('goes on at the part that was throttled', async () => {
    const { connection } = await online();
    peer.submitStatuses.push(0, 0x58);
    const text = `${'a'.repeat(153)}${'b'.repeat(153)}c`;
    const outgoing = message(text);
    await expect(connection.chat(partner).send.message(outgoing)).rejects.toThrow('1 of 3 parts were sent');
    await connection.chat(partner).send.message(outgoing);
    expect(peer.phone.texts).toEqual([text]);
    expect(peer.submits).toHaveLength(3);
  });

  it('does not know the outcome where the answer is lost, and says so', async () => {
    const { connection, host } = await online();
    peer.submitMode = 'cut';
    await expect(send(connection, 'hello')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await host.untilState('waiting');
    await expect(send(connection, 'again')).rejects.toMatchObject({ kind: 'temporary' });
  });

  it('gives up waiting on the clock or when told to', async () => {
    const clock = new FakeClock();
    const { connection } = await online({ clock });
    peer.submitMode = 'silent';
    const late = expect(send(connection, 'late')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await peer.heard('late');
    clock.advance(30_000);
    await late;
    const abort = new AbortController();
    const cancelled = expect(send(connection, 'cancelled', { signal: abort.signal })).rejects.toMatchObject({
      kind: 'unknown-outcome',
    });
    await peer.heard('cancelled');
    abort.abort();
    await cancelled;
  });

  it('keeps at most ten unanswered, and refuses what cannot be an SMS', async () => {
    const { connection } = await online();
    peer.submitMode = 'silent';
    const abort = new AbortController();
    const all = Array.from({ length: 15 }, (_, index) =>
      send(connection, `m${index}`, { signal: abort.signal }).catch((error) => error.kind),
    );
    await peer.phone.until(() => peer.submits.length === 10, 'ten submits');
    abort.abort();
    const kinds = await Promise.all(all);
    expect(kinds.filter((kind) => kind === 'unknown-outcome')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'temporary')).toHaveLength(5);
    await expect(send(connection, ' \n')).rejects.toMatchObject({ kind: 'rejected' });
    await expect(connection.chat('MyBank').send.message(message('x'))).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('receiving', () => {
  it('names number and alphanumeric senders', async () => {
    const { host } = await online();
    await peer.say('hello');
    await peer.deliver({ source_addr: 'MyBank', source_addr_ton: 5, short_message: 'code 1' });
    expect(host.events).toMatchObject([
      { type: 'message', text: 'hello', chat: { id: partner, kind: 'direct' }, from: { address: partner } },
      { type: 'message', text: 'code 1', chat: { id: 'MyBank' }, from: { name: 'MyBank' } },
    ]);
  });

  it('answers success only for what is stored, so that the centre repeats', async () => {
    const { host } = await online();
    host.deliverError = new Error('no database');
    const refused = await peer.deliver({ short_message: 'kept' });
    expect(refused).toBe(0x64);
    host.deliverError = undefined;
    expect(await peer.deliver({ short_message: 'kept' })).toBe(0);
    expect(texts(host)).toEqual(['kept']);
  });

  it('drops a repeat after a lost answer, and takes the same words said again', async () => {
    const first = await online();
    await peer.deliver({ short_message: 'ok' });
    await peer.deliver({ short_message: 'ok' });
    expect(texts(first.host)).toEqual(['ok', 'ok']);
    const ids = first.host.events.map((event) => event.type === 'message' && event.id);
    expect(new Set(ids).size).toBe(2);
    await peer.cut();
    await first.host.untilState('waiting');
    await first.connection.stop();
    const second = await online({ cursor: first.host.cursor });
    await peer.deliver({ short_message: 'ok' });
    expect(texts(second.host)).toEqual([]);
    await peer.deliver({ short_message: 'ok' });
    expect(texts(second.host)).toEqual(['ok']);
  });

  it('knows after a keep-alive that its answer arrived', async () => {
    const clock = new FakeClock();
    const first = await online({ clock });
    await peer.deliver({ short_message: 'ok' });
    clock.advance(30_000);
    await first.host.until(
      () => JSON.stringify(first.host.cursor).includes('"seen":[]') || undefined,
      'the answer to be confirmed',
    );
    await first.connection.stop();
    const second = await online({ cursor: first.host.cursor, clock });
    await peer.deliver({ short_message: 'ok' });
    expect(texts(second.host)).toEqual(['ok']);
  });

  it('puts long texts together, out of order, across a restart and with repeats', async () => {
    const first = await online();
    await peer.deliver(part(7, 3, 3, 'three'));
    await peer.deliver(part(7, 3, 1, 'one '));
    expect(texts(first.host)).toEqual([]);
    await first.connection.stop();
    const { host } = await online({ cursor: first.host.cursor });
    await peer.deliver(part(7, 3, 1, 'one '));
    await peer.deliver(part(7, 3, 2, 'two '));
    expect(texts(host)).toEqual(['one two three']);
  });

  it('delivers what came when the rest does not come, and says so', async () => {
    const clock = new FakeClock();
    const { host } = await online({ clock });
    await peer.deliver(part(9, 3, 2, 'middle'));
    for (let minute = 0; minute < 12; minute++) clock.advance(60_000);
    await host.untilMessage('[part 1 of 3 is missing]middle[part 3 of 3 is missing]');
  });

  it('takes a burst in order, reading no faster than it is stored', async () => {
    const { host } = await online();
    const burst = Array.from({ length: 1500 }, (_, index) => `n${index}`);
    const statuses = await Promise.all(burst.map((text) => peer.deliver({ short_message: text })));
    expect(new Set(statuses)).toEqual(new Set([0]));
    expect(texts(host)).toEqual(burst);
  });

  it('a text that looks like a report is a text', async () => {
    const { host } = await online();
    await peer.deliver({ short_message: 'id:1 sub:001 dlvrd:001 stat:DELIVRD err:000' });
    expect(host.events).toMatchObject([{ type: 'message' }]);
  });

  it('bears headers that lie, empty messages, unknown PDUs and PDUs too short for their fields', async () => {
    const { host } = await online();
    await peer.deliver({ esm_class: 0x40, short_message: Buffer.from([200, 1, 2]) });
    await peer.deliver(part(1, 2, 5, 'odd'));
    await peer.deliver({ short_message: '' });
    const header = (length: number, id: number) => {
      const bytes = Buffer.alloc(length);
      bytes.writeUInt32BE(length, 0);
      bytes.writeUInt32BE(id, 4);
      bytes.writeUInt32BE(77, 12);
      return bytes;
    };
    peer.raw(header(16, 0x00000999));
    peer.raw(header(20, 0x00000102));
    peer.raw(header(17, 0x00000005));
    peer.raw(header(16, 0x80000004));
    await peer.say('still here');
    expect(host.current).toEqual({ is: 'online' });
    expect(texts(host)).toHaveLength(4);
  });
});

describe('connecting', () => {
  it('waits and comes back after a cut', async () => {
    const { host } = await online();
    await peer.cut();
    await host.untilState('waiting');
    await host.untilState('online');
  });

  it.each([
    [0x0d, 'needs-login'],
    [0x0e, 'needs-login'],
    [0x0f, 'needs-login'],
    [0x05, 'waiting'],
    [0x1234, 'waiting'],
  ] as const)('bind status %i means %s', async (status, is) => {
    peer.bindStatus = status;
    const { host } = connect();
    await host.untilState(is);
  });

  it('names garbage, an absurd length, a refusal and a hang', async () => {
    await peer.garbage();
    const garbage = connect();
    expect(await garbage.host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('did not speak SMPP'),
    });
    await garbage.connection.stop();

    peer.mode = 'well';
    const absurd = await online();
    peer.raw(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0]));
    expect(await absurd.host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('not SMPP') });
    await absurd.connection.stop();

    await peer.garbage();
    session = { ...session, tls: 'on' };
    const plain = connect();
    expect(await plain.host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('did not speak TLS') });
    await plain.connection.stop();
    session = { ...session, tls: 'off' };

    await peer.hang();
    const clock = new FakeClock();
    const hang = connect({ clock });
    await peer.phone.until(() => clock.pending > 2, 'the bind to be sent');
    clock.advance(20_000);
    expect(await hang.host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('did not answer within 20 s'),
    });
    await hang.connection.stop();
    expect(clock.pending).toBe(0);

    await peer.down();
    const refused = connect();
    expect(await refused.host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('connection refused'),
    });
  });

  it('notices a centre that stopped answering', async () => {
    const clock = new FakeClock();
    const { host } = await online({ clock });
    peer.session.current?.removeAllListeners('enquire_link');
    clock.advance(30_000);
    clock.advance(15_000);
    expect(await host.untilState('waiting')).toMatchObject({ why: 'the SMS centre stopped answering' });
  });

  it('stops twice, also while connecting, and leaves nothing behind', async () => {
    const clock = new FakeClock();
    const { connection } = await online({ clock });
    await Promise.all([connection.stop(), connection.stop()]);
    expect(clock.pending).toBe(0);
    await peer.hang();
    const hanging = connect({ clock });
    await hanging.connection.stop();
    expect(clock.pending).toBe(0);
    expect(hanging.host.current).toEqual({ is: 'stopped' });
  });
});
