import { describe, expect, test } from 'vitest';
import { AdapterError, type Event, type Json, type JsonObject } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { FakeHost } from '../../sdk/testing/fake-host.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import { createEcho } from './index.js';
import { Network } from './network.js';

type Options = { input?: JsonObject; network?: Network; cursor?: Json };

/** Signs in, connects and lets time stand still. */
async function connected({ input = {}, network = new Network(), cursor }: Options = {}) {
  const adapter = createEcho(network);
  const login = adapter.login('name', loginContext());
  await login.start();
  const done = await login.next({ name: 'Alex', ...input });
  if (done.type !== 'done') throw new Error('the sign-in did not end');
  const clock = new FakeClock();
  const host = new FakeHost({ clock, ...(cursor !== undefined && { cursor }) });
  const account = { id: 'a1', remoteId: done.remoteId, name: done.remoteName, session: done.session };
  const connection = adapter.open(account, host);
  connection.start();
  /** Lets what is due happen, over `ms`. */
  const pass = async (ms: number) => {
    for (const step of [0, ms, 0, 0]) {
      clock.advance(step);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(0);
  host.events.length = 0;
  const { chat } = await connection.resolve('Bob', { join: false });
  const send = (text: string, key: string = crypto.randomUUID()) =>
    connection.chat(chat.id).send.message({ key, text, attachments: [], signal: new AbortController().signal });
  return { host, clock, connection, chat, send, pass, network };
}

const kindOf = (error: unknown) => (error instanceof AdapterError ? error.kind : `no AdapterError: ${error}`);
const failure = (sending: Promise<unknown>) => sending.then(() => 'sent', kindOf);
const told = (events: Event[]) =>
  events.map((event) => {
    if (event.type === 'message') return `${event.from?.id ?? 'me'}: ${event.text}`;
    if (event.type === 'receipt') return `receipt ${event.proves}`;
    if (event.type === 'typing') return `typing ${event.on}`;
    return event.type;
  });

describe('an ordinary message', () => {
  test('is repeated by the buddy, as an answer to it', async () => {
    const { host, send, pass } = await connected();
    const sent = await send('hello');
    expect(sent).toMatchObject({ proof: 'sent', parts: 1 });
    await pass(0);
    expect(host.events).toMatchObject([
      { type: 'message', text: 'hello', from: { id: 'bob' }, replyTo: sent.remoteId },
    ]);
  });

  test('is not sent where its answer cannot be stored', async () => {
    const { host, send, pass, network } = await connected();
    host.deliverError = new AdapterError('temporary', 'storage is away');
    expect(await failure(send('hello'))).toBe('temporary');
    host.deliverError = undefined;
    await pass(60_000);
    expect(host.events).toEqual([]);
    expect(network.find('alex')?.heard).toEqual([]);
  });

  test('gets no answer from the silent buddy', async () => {
    const { host, connection, pass } = await connected();
    const { chat } = await connection.resolve('SILENT', { join: false });
    const signal = new AbortController().signal;
    await connection.chat(chat.id).send.message({ key: 'k', text: 'hello', attachments: [], signal });
    await pass(60_000);
    expect(host.events).toEqual([]);
  });
});

describe('ordered failures', () => {
  test('temporary: as many tries fail as it says', async () => {
    const { send } = await connected();
    const tries = [];
    for (let i = 0; i < 4; i++) tries.push(await failure(send('fail temporary 2', 'key')));
    expect(tries).toEqual(['temporary', 'temporary', 'sent', 'temporary']);
  });

  test('rejected: each try, with the reason', async () => {
    const { send } = await connected();
    await expect(send('fail rejected too rude')).rejects.toMatchObject({ kind: 'rejected', message: 'too rude' });
  });

  test('rate limit: the first try is too early, and says how long', async () => {
    const { send } = await connected();
    await expect(send('rate-limit 3s', 'key')).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 3000 });
    expect(await failure(send('rate-limit 3s', 'key'))).toBe('sent');
  });

  test('auth: the sign-in is refused until the next one, also over a restart', async () => {
    const { host, send, connection, network } = await connected();
    expect(await failure(send('fail auth', 'key'))).toBe('auth');
    expect(host.current?.is).toBe('needs-login');
    expect(await failure(send('hello'))).toBe('auth');
    await connection.stop();
    const again = await connected({ network });
    expect(again.host.current).toEqual({ is: 'online' });
    expect(await failure(again.send('fail auth', 'key'))).toBe('sent');
  });

  test('unknown: not told, or proven later by its echo', async () => {
    const { host, send, pass } = await connected();
    expect(await failure(send('unknown'))).toBe('unknown-outcome');
    await pass(60_000);
    expect(host.events).toEqual([]);
    const key = crypto.randomUUID();
    expect(await failure(send('unknown 2s; no echo', key))).toBe('unknown-outcome');
    await pass(1000);
    expect(host.events).toEqual([]);
    await pass(1000);
    expect(host.events).toMatchObject([{ type: 'message', key, text: 'unknown 2s; no echo' }]);
    expect(host.events[0]).not.toHaveProperty('from');
  });

  test('the wrong password: needs a new sign-in', async () => {
    const { host, clock } = await connected({ input: { secret: 'wrong' } });
    expect(host.current?.is).toBe('needs-login');
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['disconnect 5s', 'away'],
    ['garbage 5s', 'nonsense'],
  ])('%s: waits with a reason and comes back', async (order, why) => {
    const { host, send, pass } = await connected();
    expect(await failure(send(`${order}; no echo`))).toBe('sent');
    expect(host.current?.is).toBe('waiting');
    expect(await failure(send('hello'))).toBe('temporary');
    await pass(1500);
    expect(host.current).toMatchObject({ is: 'waiting', why: expect.stringContaining(why) });
    await pass(20_000);
    expect(host.current).toEqual({ is: 'online' });
  });

  test('hang: no answer is a reason too', async () => {
    const { host, send, pass } = await connected();
    await send('hang 1m');
    await pass(1500);
    await pass(20_000);
    expect(host.states).toContainEqual(
      expect.objectContaining({ is: 'waiting', why: expect.stringContaining('did not answer within 20 s') }),
    );
    await pass(120_000);
    expect(host.current).toEqual({ is: 'online' });
  });
});

describe('ordered time', () => {
  test('delay: sending takes that long and can be given up', async () => {
    const { connection, chat, send, pass } = await connected();
    const outcome = failure(send('delay 5s'));
    expect(await Promise.race([outcome, pass(4000).then(() => 'still sending')])).toBe('still sending');
    await pass(1000);
    expect(await outcome).toBe('sent');
    const abort = new AbortController();
    const message = { key: 'k', text: 'delay 5s', attachments: [], signal: abort.signal };
    const given = failure(connection.chat(chat.id).send.message(message));
    abort.abort();
    expect(await given).toBe('temporary');
    const left = failure(send('delay 5s'));
    await connection.stop();
    expect(await left).toBe('temporary');
  });

  test('late echo, typing', async () => {
    const { host, send, pass } = await connected();
    await send('late echo 5s');
    await pass(4000);
    expect(host.events).toEqual([]);
    await pass(1000);
    await send('typing 3s');
    await pass(0);
    expect(told(host.events)).toEqual(['bob: late echo 5s', 'typing true']);
    await pass(3000);
    expect(told(host.events).slice(2)).toEqual(['typing false', 'bob: typing 3s']);
  });

  test('what is due later survives a restart of the process', async () => {
    const before = await connected();
    await before.send('late echo 5s; late receipt 5s');
    await before.connection.stop();
    const after = await connected({ cursor: JSON.parse(JSON.stringify(before.host.cursor)) });
    await after.pass(5000);
    expect(told(after.host.events).sort()).toEqual(['bob: late echo 5s; late receipt 5s', 'receipt delivered']);
  });
});

describe('ordered events', () => {
  test('receipts, reactions, presence and names', async () => {
    const { host, send, pass } = await connected();
    const read = await send('no echo; read');
    await pass(0);
    expect(host.events).toMatchObject([
      { type: 'receipt', target: read.remoteId, proves: 'delivered' },
      { type: 'receipt', target: read.remoteId, proves: 'read' },
    ]);
    host.events.length = 0;
    const sent = await send('no echo; react 🎉; presence away at lunch; rename Bobby; bounce 1s');
    await pass(1000);
    expect(host.events).toMatchObject([
      { type: 'reaction', target: sent.remoteId, emoji: '🎉', on: true, from: { id: 'bob' } },
      { type: 'presence', state: 'away', note: 'at lunch' },
      { type: 'contact', buddy: { id: 'bob', name: 'Bobby' } },
      { type: 'receipt', target: sent.remoteId, proves: 'failed', reason: expect.any(String) },
    ]);
  });

  test('an edit and a deletion name the answer', async () => {
    const { host, send, pass } = await connected();
    await send('edit; delete 2s');
    await pass(2000);
    const [answer, edit, deletion] = host.events;
    if (answer?.type !== 'message') throw new Error('no answer');
    expect(edit).toMatchObject({ type: 'edit', target: answer.id, text: `${answer.text} (edited)` });
    expect(deletion).toMatchObject({ type: 'deletion', target: answer.id });
  });

  test('a flood is that many messages, a duplicate one message twice', async () => {
    const { host, send, pass } = await connected();
    await send('flood 450');
    await pass(0);
    const ids = host.events.map((event) => event.type === 'message' && event.id);
    expect(new Set(ids).size).toBe(450);
    host.events.length = 0;
    await send('duplicate');
    await pass(0);
    expect(host.events).toHaveLength(2);
    expect(host.events[0]).toEqual(host.events[1]);
  });

  test('a buddy types whenever you do', async () => {
    const { host, connection, chat, pass } = await connected();
    await connection.chat(chat.id).typing?.set(true);
    await pass(0);
    expect(host.events).toMatchObject([{ type: 'typing', from: { id: 'bob' }, on: true }]);
  });
});

test('the accounts of two people by one name have nothing in common', async () => {
  const network = new Network();
  const one = network.line('a1', 'alex', undefined);
  const other = network.line('a2', 'alex', undefined);
  one.memory.revoke('ticket');
  expect(other.memory.isRevoked('ticket')).toBe(false);
});

describe('the historian', () => {
  const letters = (events: Event[]) => events.flatMap((event) => (event.type === 'message' ? [event.text] : []));

  test('has an old conversation, page by page to its beginning, with what was said since', async () => {
    const { connection, network } = await connected();
    await connection.resolve('historian', { join: false });
    network.say('alex', 'historian', 'just now', Date.now());
    const { history } = connection.chat('historian');
    const texts: string[] = [];
    let position: Json | undefined;
    do {
      const page = await history!.before(position === undefined ? {} : { position }, 50, AbortSignal.timeout(1000));
      texts.unshift(...letters(page.events));
      position = page.next;
    } while (position !== undefined);
    expect(texts).toHaveLength(121);
    expect(texts.slice(0, 3)).toEqual(['Letter 1 of 120', 'Letter 2 of 120', 'Answer 3 of 120']);
    expect(texts.at(-1)).toBe('just now');
    expect(connection.chat('bob').history).toBeUndefined();
  });

  test('goes on from the oldest message that is known, and refuses a place that there is not', async () => {
    const { connection } = await connected();
    const { before } = connection.chat('historian').history!;
    const signal = AbortSignal.timeout(1000);
    const [last] = (await before({}, 1, signal)).events;
    if (last?.type !== 'message') throw new Error('no message');
    const oldest = { id: last.id, at: last.at };
    expect(letters((await before({ oldest }, 2, signal)).events)).toEqual(['Letter 118 of 120', 'Letter 119 of 120']);
    expect(letters((await before({ oldest: { id: 'x', at: last.at } }, 1, signal)).events)).toEqual([
      'Letter 119 of 120',
    ]);
    await expect(before({ position: 'nowhere' }, 1, signal)).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('rooms', () => {
  test('have members, guests, a topic, and an end', async () => {
    const { host, connection, pass } = await connected();
    const { chat, buddy } = await connection.resolve('Parlour', { join: true });
    expect([chat, buddy]).toEqual([{ id: '#parlour', kind: 'group', name: '#parlour', memberCount: 3 }, undefined]);
    const { members, invites, topic, send } = connection.chat(chat.id);
    await invites!.invite('Carol');
    await topic!.set('Tea');
    const list = await members!.list(AbortSignal.timeout(1000));
    expect(list.map((member) => member.buddy.id)).toEqual(['echo', 'alex', 'silent', 'carol']);
    await send.message({ key: 'k', text: 'hello all', attachments: [], signal: AbortSignal.timeout(1000) });
    await connection.leave?.(chat.id);
    await pass(0);
    expect(host.events).toMatchObject([
      { type: 'chat', chat: { memberCount: 4 } },
      { type: 'chat', chat: { topic: 'Tea' } },
      { type: 'message', chat: { id: '#parlour', kind: 'group' }, from: { id: 'echo' }, text: 'hello all' },
      { type: 'chat', joined: false },
    ]);
    await expect(invites!.invite('#other')).rejects.toMatchObject({ kind: 'rejected' });
  });

  test('ask in, also over a restart, and are answered once', async () => {
    const before = await connected();
    await before.send('invite #Parlour; no echo');
    await before.pass(0);
    expect(before.host.events).toMatchObject([
      { type: 'chat', chat: { id: '#parlour' }, invite: { from: { id: 'bob' }, text: 'Come and see.' } },
    ]);
    await before.connection.stop();
    const after = await connected({ cursor: JSON.parse(JSON.stringify(before.host.cursor)) });
    await after.connection.invitations?.accept('#parlour');
    await after.pass(0);
    expect(after.host.events).toMatchObject([{ type: 'chat', chat: { id: '#parlour' }, joined: true }]);
    await expect(after.connection.invitations?.decline('#parlour')).rejects.toMatchObject({ kind: 'rejected' });
  });
});
