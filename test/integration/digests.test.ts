import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DigestRules } from '../../src/core/digests/service.js';
import type { MessageEvent } from '../../src/sdk/index.js';
import { AdapterError, type Sent } from '../../src/sdk/index.js';
import { deliver, makeAccount, makeUser, open, type Seen, startWorld, type World } from '../support/sending.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ME = 'me@phone.example';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = named;
  world.script.resolve = async () => {};
});

/** Every network gives an id, as mail and chats do. */
const named = async ({ key }: Seen): Promise<Sent> => ({ proof: 'sent', remoteId: `<${key}@here>` });

let count = 0;
async function reader(network: 'post' | 'text' = 'post', over: Partial<DigestRules> = {}) {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const own = await makeAccount(world, userId, network);
  const address = network === 'post' ? ME : '+4915112345678';
  const rules: DigestRules = {
    enabled: true,
    accountId: own.id,
    address,
    awayMinutes: 30,
    everyMinutes: 60,
    include: 'direct',
    quiet: null,
    zone: 'UTC',
    ...over,
  };
  const put = (change: Partial<DigestRules> = {}) => world.process.digests.put(userId, { ...rules, ...change });
  await put();
  /** Somebody writes. */
  const hears = async (name: string, text: string, more: Partial<MessageEvent> = {}) => {
    world.clock.advance(1_000);
    if (more.chat === undefined) await open(world, talk, name);
    await deliver(world, talk, {
      type: 'message',
      chat: { id: `with:${name}`, kind: 'direct' },
      from: { id: name, address: name, name },
      id: `in${++count}`,
      text,
      format: 'plain',
      at: world.clock.now(),
      ...more,
    });
  };
  /** The user answers from where digests go. */
  const answers = (text: string, to: Seen | undefined, more: Partial<MessageEvent> = {}) =>
    deliver(world, own, {
      type: 'message',
      chat: { id: `with:${address}`, kind: 'direct' },
      from: { id: address, address },
      id: `answer${++count}`,
      text,
      format: 'plain',
      at: world.clock.now(),
      ...(to === undefined ? {} : { replyTo: `<${to.key}@here>` }),
      ...more,
    });
  const digests = () => world.script.seen.filter(({ account }) => account === own.id);
  const said = () =>
    world.script.seen.filter(({ account }) => account === talk.id).map(({ chat, text }) => `${chat} ${text}`);
  const get = () => world.process.digests.get(userId);
  return { userId, talk, own, put, hears, answers, digests, said, get };
}

/** What the engine does in one look, and what is sent in it. */
async function round(): Promise<void> {
  await world.process.digests.round();
  await settled();
}

const settled = () =>
  vi.waitFor(async () => {
    const { rowCount } = await world.pool.query(
      `SELECT 1 FROM deliveries WHERE status IN ('queued', 'sending') AND due_at <= $1`,
      [new Date(world.clock.now())],
    );
    if (rowCount) throw new Error('still sending');
  });

async function later(ms: number): Promise<void> {
  world.clock.advance(ms);
  await round();
}

describe('what was missed', () => {
  test('is told once it and the user have been away long enough; each message once, over restarts', async () => {
    const user = await reader();
    await user.hears('ann', 'first');
    await user.hears('ann', 'second');
    await later(29 * MINUTE);
    expect(user.digests()).toEqual([]);
    await later(2 * MINUTE);
    expect(user.digests()).toMatchObject([{ chat: `with:${ME}`, message: { subject: '2 missed messages from ann' } }]);
    const [mail] = user.digests();
    expect(mail!.text).toContain('  first');
    expect(mail!.message.html).toContain('<blockquote>second</blockquote>');
    expect((await user.get()).lastSentAt).toBe(new Date(world.clock.now()).toISOString());
    await world.restart();
    await later(2 * HOUR);
    expect(user.digests()).toHaveLength(1);
    await user.hears('ann', 'third');
    await later(31 * MINUTE);
    expect(user.digests()).toHaveLength(2);
    expect(user.digests()[1]!.text).not.toContain('second');
    const { rows } = await world.pool.query(
      `SELECT k.name FROM digest_letters l JOIN messages m ON m.id = l.message_id JOIN chats c ON c.id = m.chat_id
       JOIN conversations v ON v.id = c.conversation_id JOIN contacts k ON k.id = v.contact_id WHERE l.user_id = $1 LIMIT 1`,
      [user.userId],
    );
    expect(rows).toEqual([{ name: 'Digest' }]);
  });

  test('is not what the user saw, read, muted or never wanted, nor what programs write', async () => {
    const user = await reader();
    const { process } = world;
    const conversation = async (name: string) => (await open(world, user.talk, name)).conversationId;
    await user.hears('seen', 'before they went');
    world.clock.advance(MINUTE);
    process.digests.active(user.userId);
    await user.hears('read', 'read elsewhere');
    const [message] = (await world.messages.timeline(user.userId, await conversation('read'), { limit: 1 })).items;
    await process.conversations.patch(user.userId, await conversation('read'), { readMessageId: message!.id });
    await user.hears('muted', 'not now');
    const until = new Date(world.clock.now() + 24 * HOUR).toISOString();
    await process.conversations.patch(user.userId, await conversation('muted'), { mutedUntil: until });
    await user.hears('archived', 'old');
    await process.conversations.patch(user.userId, await conversation('archived'), { archived: true });
    await user.hears('stranger', 'buy now', { chat: { id: 'with:stranger', kind: 'direct' } });
    await user.hears('service', 'you are connected', { format: 'notice' });
    await user.hears('team', 'hello all', { chat: { id: 'room', kind: 'group', name: 'team' } });
    await later(31 * MINUTE);
    expect(user.digests()).toEqual([]);
    await user.put({ include: 'all' });
    await later(MINUTE);
    expect(user.digests()).toMatchObject([{ message: { subject: '1 missed message in team' } }]);
  });

  test('is no digest that comes in at another mailbox of the user', async () => {
    const user = await reader();
    const pocket = await makeAccount(world, user.userId, 'post');
    await open(world, pocket, 'me@work.example');
    await user.hears('ann', 'one');
    await later(31 * MINUTE);
    const [mail] = user.digests();
    await deliver(world, pocket, {
      type: 'message',
      chat: { id: 'with:me@work.example', kind: 'direct' },
      from: { id: 'me@work.example', address: 'me@work.example' },
      id: `<${mail!.key}@here>`,
      text: mail!.text,
      format: 'html',
      at: world.clock.now(),
    });
    await later(3 * HOUR);
    expect(user.digests()).toHaveLength(1);
  });

  test('waits while the user is here, for the end of quiet hours, and for the time between two', async () => {
    const user = await reader('post', { everyMinutes: 120 });
    await user.hears('ann', 'one');
    for (let minute = 0; minute < 40; minute += 1) {
      world.process.digests.active(user.userId);
      await later(MINUTE);
    }
    expect(user.digests()).toEqual([]);
    await user.hears('ann', 'two');
    const clock = (ms: number) => new Date(world.clock.now() + ms).toISOString().slice(11, 16);
    await user.put({ everyMinutes: 120, quiet: { from: clock(0), to: clock(3 * HOUR), zone: 'UTC' } });
    await later(2 * HOUR);
    expect(user.digests()).toEqual([]);
    await later(HOUR + 2 * MINUTE);
    expect(user.digests()).toMatchObject([{ message: { subject: '1 missed message from ann' } }]);
    await user.hears('ann', 'three');
    await later(HOUR);
    expect(user.digests()).toHaveLength(1);
    await later(HOUR);
    expect(user.digests()).toHaveLength(2);
  });

  test('waits for its account, which is said; switched off, nothing is sent', async () => {
    const user = await reader();
    await user.hears('ann', 'one');
    world.script.hosts.get(user.own.id)!.state({ is: 'waiting', retryAt: world.clock.now() + HOUR, why: 'no server' });
    await later(31 * MINUTE);
    expect(user.digests()).toEqual([]);
    expect((await user.get()).problem).toBe('The account that sends digests is not connected (no server).');
    world.script.hosts.get(user.own.id)!.state({ is: 'online' });
    await user.put({ enabled: false });
    await later(MINUTE);
    expect(user.digests()).toEqual([]);
    await user.put({ enabled: true });
    await later(31 * MINUTE);
    // What came before it was switched on again is not missed.
    expect(user.digests()).toEqual([]);
    await world.process.accountService.remove(user.userId, user.own.id);
    expect((await user.get()).problem).toContain('was removed');
  });

  test('killed while it is made, it is made once and whole', async () => {
    const user = await reader();
    for (const name of ['ann', 'bob', 'cy']) await user.hears(name, `from ${name}`);
    world.clock.advance(31 * MINUTE);
    world.process.kill();
    await Promise.all([world.process.digests.round(), world.process.digests.round()]);
    expect(user.digests()).toEqual([]);
    await world.restart();
    await later(MINUTE);
    expect(user.digests().map(({ message }) => message.subject)).toEqual([
      '1 missed message from cy',
      '1 missed message from bob',
      '1 missed message from ann',
    ]);
  });

  test('is sent by hand, whatever the rules say', async () => {
    const user = await reader();
    await world.process.digests.sendNow(user.userId);
    await settled();
    expect(user.digests()).toMatchObject([{ message: { subject: 'No missed messages' } }]);
    await user.hears('ann', 'one');
    world.process.digests.active(user.userId);
    await world.process.digests.sendNow(user.userId);
    await settled();
    expect(user.digests()[1]).toMatchObject({ message: { subject: '1 missed message from ann' } });
    await later(2 * HOUR);
    expect(user.digests()).toHaveLength(2);
  });

  test('what keeps one from being sent is said: an address the network does not know, a network that does not answer', async () => {
    const user = await reader('text');
    await user.hears('ann', 'one');
    world.script.resolve = () => Promise.reject(new AdapterError('rejected', 'no such number'));
    await later(31 * MINUTE);
    expect((await user.get()).problem).toBe('no such number');
    await expect(world.process.digests.sendNow(user.userId)).rejects.toMatchObject({ message: 'no such number' });
    world.script.resolve = () => new Promise(() => {});
    let refused: unknown;
    void world.process.digests.sendNow(user.userId).catch((error) => {
      refused = error;
    });
    await vi.waitFor(() => {
      world.clock.advance(21_000);
      expect(refused).toMatchObject({ message: 'it did not answer in time' });
    });
    world.script.resolve = async () => {};
    await later(2 * MINUTE);
    expect(user.digests()).toHaveLength(1);
    expect((await user.get()).problem).toBeUndefined();
  });

  test('rules are checked, and are those of one user', async () => {
    const user = await reader();
    const other = await reader();
    await expect(user.put({ accountId: other.own.id })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(user.put({ accountId: user.talk.id })).rejects.toMatchObject({ code: 'digest-account' });
    await expect(user.put({ address: 'no address' })).rejects.toMatchObject({ code: 'invalid-address' });
    const stranger = await makeUser(world.prisma);
    expect(await world.process.digests.get(stranger)).toMatchObject({ enabled: false, accountId: null });
    await expect(world.process.digests.sendNow(stranger)).rejects.toMatchObject({ code: 'no-digest' });
  });
});

describe('an answer', () => {
  const quoted = (mail: Seen) => mail.text.replace(/^/gm, '> ');

  test('goes to who wrote, once, without what it quotes; it is no missed message itself', async () => {
    const user = await reader();
    await user.hears('ann', 'coming?');
    await user.hears('bob', 'where are you?');
    await later(31 * MINUTE);
    const mail = user.digests().find(({ message }) => message.subject?.includes('ann'))!;
    await user.answers(`Yes!\n\nOn 28 Nov 2026 Parley <x@example.org> wrote:\n${quoted(mail)}`, mail);
    world.process.kill();
    await Promise.all([world.process.digests.round(), world.process.digests.round()]);
    expect(user.said()).toEqual([]);
    await world.restart();
    await later(3 * HOUR);
    expect(user.said()).toEqual(['with:ann Yes!']);
    expect(user.digests()).toHaveLength(2);
    const { items } = await world.process.conversations.list(user.userId, { limit: 50 });
    expect(items.find(({ name }) => name === 'Digest')?.unread).toBe(0);
  });

  test('follows who was merged meanwhile', async () => {
    const user = await reader();
    const { contacts } = world.process;
    for (const name of ['ann', 'annie', 'anna']) await user.hears(name, `from ${name}`);
    await later(31 * MINUTE);
    const mail = user.digests().find(({ message }) => message.subject?.endsWith('from annie'))!;
    const { items } = await contacts.list(user.userId, { limit: 50 });
    const id = (name: string) => items.find((one) => one.name === name)!.id;
    await contacts.merge(user.userId, id('ann'), id('annie'));
    await contacts.merge(user.userId, id('anna'), id('ann'));
    await user.answers('Hello', mail);
    await round();
    expect(user.said()).toHaveLength(1);
    expect(user.said()[0]).toMatch(/^with:ann(a|ie)? Hello$/);
  });

  test('takes its files along', async () => {
    const user = await reader();
    await user.hears('ann', 'picture?');
    await later(31 * MINUTE);
    const content = new TextEncoder().encode('a picture');
    await user.answers('Here', user.digests()[0], {
      attachments: [{ name: 'a.txt', type: 'text/plain', size: content.length, content }],
    });
    await round();
    expect(world.script.seen.at(-1)).toMatchObject({ chat: 'with:ann', message: { attachments: [{ name: 'a.txt' }] } });
  });

  test('to what was missed in a group goes to all of it', async () => {
    const user = await reader('post', { include: 'all' });
    const { contacts, groups } = world.process;
    const make = async (name: string) =>
      (
        await contacts.create(user.userId, {
          name,
          buddies: [{ accountId: user.talk.id, address: name }],
          addresses: [],
        })
      ).id;
    const group = await groups.create(user.userId, {
      name: 'Weekend',
      contactIds: [await make('ann'), await make('bea')],
      relay: false,
    });
    await world.messages.send(user.userId, group.id, { text: 'Saturday?', format: 'plain', attachments: [] });
    await settled();
    await user.hears('ann', 'Yes, when?', { chat: { id: 'with:ann', kind: 'direct' } });
    await later(31 * MINUTE);
    expect(user.digests()).toMatchObject([{ message: { subject: '1 missed message in Weekend' } }]);
    await user.answers('At eight', user.digests()[0]);
    await round();
    const eight = user.said().filter((line) => line.includes('At eight'));
    expect(eight.map((line) => line.split(' ')[0]).sort()).toEqual(['with:ann', 'with:bea']);
    expect((await world.messages.timeline(user.userId, group.id, { limit: 1 })).items).toMatchObject([
      { text: 'At eight' },
    ]);
  });

  test('that is no answer goes nowhere: from somebody else, to nothing of ours, written by a program', async () => {
    const user = await reader();
    await user.hears('ann', 'coming?');
    await later(31 * MINUTE);
    const [mail] = user.digests();
    await user.answers('a guess', undefined, { replyTo: '<guessed@here>' });
    await user.answers('no reference', undefined);
    await user.answers('I am on holiday', mail, { format: 'notice' });
    await user.answers('not me', mail, { from: { id: 'eve@evil.example', address: 'eve@evil.example' } });
    await user.answers('another chat', mail, { chat: { id: 'with:eve', kind: 'direct' } });
    await round();
    await later(2 * HOUR);
    expect(user.said()).toEqual([]);
    expect(user.digests()).toHaveLength(1);
  });

  test('that cannot be sent on is reported back; an answer to the report is another try', async () => {
    const user = await reader();
    await user.hears('ann', 'coming?');
    await later(31 * MINUTE);
    const [mail] = user.digests();
    await user.answers(`On 28 Nov 2026 Parley <x@example.org> wrote:\n${quoted(mail!)}`, mail);
    await round();
    expect(user.digests()).toHaveLength(2);
    expect(user.digests()[1]!.text).toContain('There was no text');
    world.script.send = async (seen) => {
      if (seen.chat === 'with:ann') throw new AdapterError('rejected', 'no such nick');
      return named(seen);
    };
    await user.answers('Yes!', mail);
    await round();
    await round();
    const report = user.digests()[2]!;
    expect(report.message.subject).toBe('Not sent: your answer to ann');
    expect(report.text).toContain('no such nick');
    expect(report.text).toContain('Yes!');
    world.script.send = named;
    await user.answers('Yes, again!', report);
    await round();
    await round();
    expect(user.said()).toEqual(['with:ann Yes!', 'with:ann Yes, again!']);
    expect(user.digests()).toHaveLength(3);
  });

  test('reports end where a program answers each of them', async () => {
    const user = await reader();
    await user.hears('ann', 'coming?');
    await later(31 * MINUTE);
    for (let turn = 0; turn < 15; turn += 1) {
      await user.answers('', user.digests().at(-1), { text: ' ' });
      await round();
    }
    expect(user.digests().length).toBeLessThanOrEqual(11);
  });
});

describe('by SMS', () => {
  test('one text tells of all, and an answer begins with a number where there are several', async () => {
    const user = await reader('text');
    await user.hears('ann', 'coming?');
    await user.hears('bob', 'where are you?');
    await later(31 * MINUTE);
    expect(user.digests()).toMatchObject([
      { text: 'Parley: 2 missed\n1 bob: where are you?\n2 ann: coming?\nAnswer such as: 1 OK' },
    ]);
    await user.answers('2 Yes!', undefined);
    await round();
    expect(user.said()).toEqual(['with:ann Yes!']);
    await user.answers('on my way', undefined);
    await round();
    expect(user.digests()[1]!.text).toContain('Begin it with the number');
    await user.answers('1 on my way', undefined);
    await round();
    expect(user.said()).toEqual(['with:ann Yes!', 'with:bob on my way']);
    await user.hears('ann', 'good');
    await later(HOUR + MINUTE);
    expect(user.digests()[2]!.text).toBe('ann: good\n(Parley: answer with plain text)');
    await user.answers('See you {{name}} {{x}}', undefined);
    await round();
    const literal = 'with:ann See you {{name}} {{x}}';
    expect(user.said()).toEqual(['with:ann Yes!', 'with:bob on my way', literal]);
    world.clock.advance(80 * HOUR);
    await user.answers('much later', undefined);
    await round();
    expect(user.said()).toHaveLength(3);
  });
});
