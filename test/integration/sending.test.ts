import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Drain } from '../../src/core/delivery/drain.js';
import { AdapterError, type Sent } from '../../src/sdk/index.js';
import {
  connect,
  deliver,
  later,
  makeAccount,
  makeUser,
  plain,
  reach,
  type Seen,
  startWorld,
  statuses,
  until,
  type World,
} from '../support/sending.js';
import { withBob } from '../support/with-bob.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.changes.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
  world.script.resolve = async () => {};
});

const alone = (network: string, options: { offline?: boolean } = {}) => withBob(world, network, options);

/** A contact with a buddy on `talk` and typed addresses, and an account for each. */
async function everywhere(options: { offline?: string[] } = {}) {
  const userId = await makeUser(world.prisma);
  const away = (network: string) => ({ offline: options.offline?.includes(network) === true });
  const talk = await makeAccount(world, userId, 'talk', away('talk'));
  const post = await makeAccount(world, userId, 'post', away('post'));
  const text = await makeAccount(world, userId, 'text', away('text'));
  const contact = await world.process.contacts.create(userId, {
    name: 'Anna',
    buddies: [{ accountId: talk.id, address: 'anna' }],
    addresses: [
      { kind: 'email', value: 'anna@example.org' },
      { kind: 'phone', value: '+4915112345678' },
    ],
  });
  return { userId, talk, post, text, contact, conversationId: contact.conversationId! };
}

const ALL = { mode: 'all' as const, channels: ['im' as const, 'email' as const, 'sms' as const] };
const accountsSeen = () => world.script.seen.map((one) => one.account);
const ledger = async (userId: string, id: string) => (await world.messages.deliveries(userId, id))[0]!;

describe('one chat', () => {
  test('sends in the order of acceptance, and says so in the ledger', async () => {
    const { userId, send, conversationId } = await alone('talk');
    world.script.send = async ({ key }) => ({ proof: 'sent', remoteId: `r-${key}`, providerId: 'p1', parts: 2 });
    const messages = await Promise.all(['one', 'two', 'three', 'four', 'five'].map((text) => send(text)));
    for (const message of messages) await reach(world, message, 'sent');
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 10 });
    expect(world.script.texts()).toEqual(items.map((item) => item.text).reverse());
    const delivery = await ledger(userId, messages[0]!.id);
    expect(delivery.attempts).toMatchObject([
      { outcome: 'sent', providerId: 'p1', parts: 2, endedAt: expect.anything() },
    ]);
    expect(delivery).toMatchObject({ channel: 'im', target: 'bob', status: 'sent' });
  });

  test('a retry keeps its place and its key, waits as asked, and the next message waits behind it', async () => {
    const { userId, send } = await alone('plain');
    let refuse = true;
    world.script.send = async () => {
      if (refuse) throw new AdapterError('rate-limited', 'slow down', { retryAfterMs: 90_000 });
      return { proof: 'sent' };
    };
    const first = await send('first');
    await until(async () =>
      expect((await ledger(userId, first.id)).attempts).toMatchObject([{ outcome: 'retry', reason: 'slow down' }]),
    );
    const second = await send('second');
    refuse = false;
    world.clock.advance(89_000);
    expect(await statuses(world.pool, second.id)).toEqual(['queued']);
    expect(world.script.texts()).toEqual(['first']);
    await until(async () => {
      world.clock.advance(2_000);
      expect(await statuses(world.pool, second.id)).toEqual(['sent']);
    });
    expect(world.script.texts()).toEqual(['first', 'first', 'second']);
    expect(world.script.seen[0]!.key).toBe(world.script.seen[1]!.key);
    expect((await ledger(userId, first.id)).attempts.map((one) => one.outcome)).toEqual(['retry', 'sent']);
  });

  test('a refusal and a doubt are passed; both can be sent again by hand', async () => {
    const { userId, send } = await alone('plain');
    world.script.send = async ({ text }) => {
      if (text === 'bad') throw new AdapterError('rejected', 'no such nick');
      if (text === 'cut') throw new AdapterError('unknown-outcome', 'the line was cut');
      return { proof: 'sent' };
    };
    const [bad, cut, good] = [await send('bad'), await send('cut'), await send('good')];
    await reach(world, good, 'sent');
    expect(await ledger(userId, bad.id)).toMatchObject({ status: 'failed', reason: 'no such nick' });
    expect(await ledger(userId, cut.id)).toMatchObject({ status: 'unknown', reason: 'the line was cut' });
    world.script.send = async () => ({ proof: 'sent' });
    for (const message of [bad, cut]) {
      await world.process.deliveries.retry(userId, (await ledger(userId, message.id)).id);
      await reach(world, message, 'sent');
    }
    await expect(world.process.deliveries.retry(userId, (await ledger(userId, good.id)).id)).rejects.toMatchObject({
      kind: 'conflict',
    });
  });

  test('what waits past its age limit fails with its account’s reason, though the account is away', async () => {
    const { userId, send } = await alone('talk', { offline: true });
    const message = await send('hello?');
    expect(await statuses(world.pool, message.id)).toEqual(['queued']);
    await world.restart();
    world.clock.advance(25 * HOUR);
    await until(async () => {
      world.clock.advance(5_000);
      expect(await statuses(world.pool, message.id)).toEqual(['failed']);
    });
    expect((await ledger(userId, message.id)).reason).toMatch(/within 1 day: the server is away/);
    expect(world.script.seen).toEqual([]);
  });

  test('goes out once the account comes online', async () => {
    const { account, send } = await alone('talk', { offline: true });
    const message = await send('wait for it');
    expect(world.script.seen).toEqual([]);
    await connect(world, account.id);
    await reach(world, message, 'sent');
  });

  test('a scheduled message holds back nothing, goes at its time, and can be cancelled or edited before', async () => {
    const { userId, send, conversationId } = await alone('plain');
    const at = world.clock.now() + HOUR;
    const sendAt = new Date(at).toISOString();
    const [planned, dropped] = [await send('planned', { sendAt }), await send('dropped', { sendAt })];
    const now = await send('now');
    await reach(world, now, 'sent');
    expect((await world.process.conversations.get(userId, conversationId)).lastMessage?.id).toBe(now.id);
    expect((await world.messages.remove(userId, dropped.id)).status).toBe('cancelled');
    expect((await world.messages.edit(userId, planned.id, { text: 'better', format: 'plain' })).text).toBe('better');
    world.clock.advance(HOUR);
    await reach(world, planned, 'sent');
    expect(world.script.texts()).toEqual(['now', 'better']);
    expect(await statuses(world.pool, dropped.id)).toEqual(['cancelled']);
    expect((await world.process.conversations.get(userId, conversationId)).lastMessage?.id).toBe(planned.id);
  });

  test('two drains at once over a thousand messages send each once, in order', async () => {
    const { userId, account, chatId, conversationId } = await alone('talk', { offline: true });
    for (let at = 0; at < 1000; at += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => world.messages.send(userId, conversationId, plain(`m${at + index}`))),
      );
    const { rows: accepted } = await world.pool.query<{ text: string }>(
      'SELECT m.text FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.chat_id = $1 ORDER BY d.id',
      [chatId],
    );
    const { store, supervisor } = world.process;
    const drains: Drain[] = [];
    // Each bell rings both: they race for every message.
    const bell = {
      ring: async (id: string) => {
        for (const drain of drains) void drain.chat(id);
      },
    };
    const log = { debug: () => {}, info: () => {}, warn: () => {} };
    for (let i = 0; i < 2; i += 1) drains.push(new Drain(store, supervisor, bell, () => {}, world.clock, log));
    let flying = 0;
    let most = 0;
    world.script.send = async () => {
      flying += 1;
      most = Math.max(most, flying);
      await Promise.resolve();
      flying -= 1;
      for (const drain of drains) void drain.chat(chatId);
      return { proof: 'sent' };
    };
    await connect(world, account.id);
    await vi.waitFor(
      async () => {
        const { rows } = await world.pool.query(
          `SELECT count(*) AS n FROM deliveries WHERE chat_id = $1 AND status = 'sent'`,
          [chatId],
        );
        expect(rows[0].n).toBe(1000);
      },
      { timeout: 150_000, interval: 200 },
    );
    expect(world.script.texts()).toEqual(accepted.map((row) => row.text));
    expect(most).toBe(1);
    await Promise.all(drains.map((drain) => drain.stop()));
  }, 180_000);

  test('the outcome of a send outlives an outage of the database', async () => {
    const { send } = await alone('plain');
    const { store } = world.process;
    const failing = vi.spyOn(store, 'sent').mockRejectedValueOnce(new Error('terminating connection'));
    const message = await send('kept');
    await until(() => expect(failing).toHaveBeenCalled());
    await until(async () => {
      world.clock.advance(1_000);
      expect(await statuses(world.pool, message.id)).toEqual(['sent']);
    });
    expect(world.script.texts()).toEqual(['kept']);
    failing.mockRestore();
  });
});

describe('kill -9', () => {
  test('between acceptance and the wire: it is sent after the restart', async () => {
    const { send } = await alone('talk', { offline: true });
    const message = await send('survives');
    world.script.offline.clear();
    await world.restart();
    await reach(world, message, 'sent');
    expect(world.script.texts()).toEqual(['survives']);
  });

  test('on the wire, where a repeat shows one message: it is sent again under the same key', async () => {
    const { userId, send } = await alone('post');
    world.script.send = () => new Promise<Sent>(() => {});
    const message = await send('twice under one id');
    await until(() => expect(world.script.seen).toHaveLength(1));
    world.script.send = async () => ({ proof: 'sent' });
    await world.restart();
    await reach(world, message, 'sent');
    expect(world.script.seen.map((one) => one.key)).toEqual([world.script.seen[0]!.key, world.script.seen[0]!.key]);
    expect((await ledger(userId, message.id)).attempts.map((one) => one.outcome)).toEqual(['unknown', 'sent']);
  });

  test('on the wire, where it may have gone: unknown, never sent again by itself; the next one goes', async () => {
    const { userId, send } = await alone('talk');
    world.script.send = () => new Promise<Sent>(() => {});
    const [doubtful, next] = [await send('doubtful'), await send('next')];
    await until(() => expect(world.script.seen).toHaveLength(1));
    world.script.send = async () => ({ proof: 'sent' });
    await world.restart();
    await reach(world, next, 'sent');
    expect(world.script.texts()).toEqual(['doubtful', 'next']);
    const delivery = await ledger(userId, doubtful.id);
    expect(delivery).toMatchObject({ status: 'unknown', attempts: [{ outcome: 'unknown' }] });
    expect(delivery.reason).toMatch(/may have been sent/);
  });

  test('after the wire, and its echo comes back: proven, shown once', async () => {
    const { userId, account, send, conversationId } = await alone('talk');
    world.script.send = () => new Promise<Sent>(() => {});
    const message = await send('did it go?');
    await until(() => expect(world.script.seen).toHaveLength(1));
    await world.restart();
    await reach(world, message, 'unknown');
    const chat = { id: 'with:bob', kind: 'direct' as const };
    await deliver(world, account, {
      type: 'message',
      chat,
      id: 'r1',
      text: 'did it go?',
      format: 'plain',
      at: world.clock.now(),
    });
    await reach(world, message, 'sent');
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 10 });
    expect(items.map((item) => item.id)).toEqual([message.id]);
  });

  test('a late answer of the old process still proves what it sent', async () => {
    const { send } = await alone('talk');
    const wire = later<Sent>();
    world.script.send = () => wire.promise;
    const message = await send('slow');
    await until(() => expect(world.script.seen).toHaveLength(1));
    await world.restart();
    await reach(world, message, 'unknown');
    wire.resolve({ proof: 'sent', remoteId: 'r-slow' });
    await reach(world, message, 'sent');
    expect(world.script.seen).toHaveLength(1);
  });
});

describe('routes', () => {
  test('all: one of each channel at once; typed addresses get their chats in the same conversation', async () => {
    const { userId, talk, post, text, conversationId, contact } = await everywhere();
    const { message, deliveries } = await world.messages.send(userId, conversationId, { ...plain('hi'), route: ALL });
    expect(deliveries.map((one) => [one.channel, one.target])).toEqual([
      ['im', 'anna'],
      ['email', 'anna@example.org'],
      ['sms', '+4915112345678'],
    ]);
    await reach(world, message, 'sent', 'sent', 'sent');
    expect(accountsSeen().sort()).toEqual([talk.id, post.id, text.id].sort());
    const conversation = await world.process.conversations.get(userId, conversationId);
    expect(conversation.chats).toHaveLength(3);
    const known = await world.process.contacts.get(userId, contact.id);
    expect(known.buddies.map((buddy) => buddy.address).sort()).toEqual(['+4915112345678', 'anna', 'anna@example.org']);
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 10 });
    expect(items).toHaveLength(1);
    expect(items[0]!.deliveries).toHaveLength(3);
    // The answer by mail comes back into the same conversation.
    await deliver(world, post, {
      type: 'message',
      chat: { id: 'with:anna@example.org', kind: 'direct' },
      id: 'answer',
      from: { id: 'anna@example.org', address: 'anna@example.org' },
      text: 'got it',
      format: 'plain',
      at: world.clock.now(),
    });
    const after = await world.messages.timeline(userId, conversationId, { limit: 10 });
    expect(after.items.map((item) => item.text)).toEqual(['got it', 'hi']);
  });

  test('the accounts of typed addresses are away: all is queued and goes when they come', async () => {
    const { userId, post, conversationId } = await everywhere({ offline: ['post'] });
    world.script.resolve = async () => {
      throw new AdapterError('temporary', 'offline');
    };
    const route = { mode: 'all' as const, channels: ['email' as const] };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('later'), route });
    expect(message).toMatchObject({ conversationId, status: 'queued' });
    world.script.resolve = async () => {};
    await connect(world, post.id);
    await reach(world, message, 'sent');
    expect(world.script.seen[0]).toMatchObject({ chat: 'with:anna@example.org', text: 'later' });
    const { chats } = await world.process.conversations.get(userId, conversationId);
    expect(chats.filter((chat) => chat.accountId === post.id)).toHaveLength(1);
  });

  test('a chat that turned out to be there already takes over what was written meanwhile', async () => {
    const { userId, post, conversationId } = await everywhere({ offline: ['post'] });
    world.script.resolve = async () => {
      throw new AdapterError('temporary', 'offline');
    };
    const route = { mode: 'all' as const, channels: ['email' as const] };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('to merge'), route });
    await deliver(world, post, {
      type: 'message',
      chat: { id: 'with:anna@example.org', kind: 'direct' },
      id: 'first',
      from: { id: 'anna@example.org', address: 'anna@example.org' },
      text: 'I was first',
      format: 'plain',
      at: world.clock.now() - 1,
    });
    world.script.resolve = async () => {};
    await connect(world, post.id);
    await reach(world, message, 'sent');
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 10 });
    expect(items.map((item) => item.text)).toEqual(['to merge', 'I was first']);
    const { chats } = await world.process.conversations.get(userId, conversationId);
    expect(chats.filter((chat) => chat.accountId === post.id)).toHaveLength(1);
  });

  test('an address the network refuses later fails what waits for it', async () => {
    const { userId, post, conversationId } = await everywhere({ offline: ['post'] });
    const answer = { error: new AdapterError('temporary', 'offline') };
    world.script.resolve = async () => {
      throw answer.error;
    };
    const route = { mode: 'first' as const, channels: ['email' as const] };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('nobody'), route });
    answer.error = new AdapterError('rejected', 'no such mailbox');
    await connect(world, post.id);
    await reach(world, message, 'failed');
    expect((await ledger(userId, message.id)).reason).toBe('no such mailbox');
  });

  test('first: the first channel whose account is online', async () => {
    const { userId, text, conversationId } = await everywhere({ offline: ['talk', 'post'] });
    const route = { ...ALL, mode: 'first' as const };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('quick'), route });
    await reach(world, message, 'sent');
    expect(accountsSeen()).toEqual([text.id]);
  });

  test('fallback: the next step starts at once when one fails, and the last when nothing proves enough', async () => {
    const { userId, talk, post, text, conversationId } = await everywhere();
    world.script.send = async ({ account }) => {
      if (account === talk.id) throw new AdapterError('rejected', 'blocked');
      return { proof: 'sent' };
    };
    const route = { ...ALL, mode: 'fallback' as const, unless: 'delivered' as const, within: 'PT10M' };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('urgent'), route });
    await reach(world, message, 'failed', 'sent', 'queued');
    expect(accountsSeen()).toEqual([talk.id, post.id]);
    world.clock.advance(9 * MINUTE);
    expect(await statuses(world.pool, message.id)).toEqual(['failed', 'sent', 'queued']);
    world.clock.advance(MINUTE);
    await reach(world, message, 'failed', 'sent', 'sent');
    expect(accountsSeen()).toEqual([talk.id, post.id, text.id]);
  });

  test('fallback: a proof in time leaves the other steps out', async () => {
    const { userId, talk, conversationId } = await everywhere();
    world.script.send = async () => ({ proof: 'sent', remoteId: 'im-1' });
    const route = { ...ALL, mode: 'fallback' as const, unless: 'read' as const, within: 'PT10M' };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('seen?'), route });
    await reach(world, message, 'sent', 'queued', 'queued');
    const receipt = { type: 'receipt' as const, target: 'im-1', at: world.clock.now() };
    await deliver(world, talk, { ...receipt, proves: 'delivered' });
    await reach(world, message, 'delivered', 'queued', 'queued');
    await deliver(world, talk, { ...receipt, proves: 'read' });
    await reach(world, message, 'read', 'cancelled', 'cancelled');
    world.clock.advance(HOUR);
    expect(accountsSeen()).toEqual([talk.id]);
  });

  test('fallback: a step whose account is away is left out once a later one went', async () => {
    const { userId, talk, post, conversationId } = await everywhere({ offline: ['talk'] });
    const route = { ...ALL, mode: 'fallback' as const, within: 'PT1M' };
    const { message } = await world.messages.send(userId, conversationId, { ...plain('somehow'), route });
    expect(world.script.seen).toEqual([]);
    world.clock.advance(MINUTE);
    await reach(world, message, 'cancelled', 'sent', 'cancelled');
    await connect(world, talk.id);
    expect(accountsSeen()).toEqual([post.id]);
  });

  test('a person who was there before as an address alone becomes one with the contact; a named one does not', async () => {
    const userId = await makeUser(world.prisma);
    const post = await makeAccount(world, userId, 'post');
    const writes = (address: string) =>
      deliver(world, post, {
        type: 'message',
        chat: { id: `with:${address}`, kind: 'direct' },
        id: `from ${address}`,
        from: { id: address, address },
        text: 'hello',
        format: 'plain',
        at: world.clock.now() - 1,
      });
    const make = async (address: string) => {
      const contact = { name: 'Person', buddies: [], addresses: [{ kind: 'email' as const, value: address }] };
      return (await world.process.contacts.create(userId, contact)).conversationId!;
    };
    await writes('auto@example.org');
    const joined = await make('auto@example.org');
    await world.messages.send(userId, joined, plain('answer'));
    const { items } = await world.messages.timeline(userId, joined, { limit: 10 });
    expect(items.map((item) => item.text)).toEqual(['answer', 'hello']);
    await writes('named@example.org');
    const { items: contacts } = await world.process.contacts.list(userId, { limit: 50, q: 'named@example.org' });
    await world.process.contacts.patch(userId, contacts[0]!.id, { name: 'Somebody else' });
    const other = await make('named@example.org');
    await expect(world.messages.send(userId, other, plain('answer'))).rejects.toMatchObject({
      kind: 'conflict',
      code: 'address-of-another',
    });
  });

  test('many people: one message each, or none at all', async () => {
    const one = await everywhere();
    const { userId } = one;
    const other = await world.process.contacts.create(userId, {
      name: 'Ben',
      buddies: [],
      addresses: [{ kind: 'email', value: 'ben@example.org' }],
    });
    const route = { mode: 'first' as const, channels: ['email' as const] };
    const messages = await world.messages.sendMany(userId, { to: [one.contact.id, other.id], text: 'party', route });
    expect(messages).toHaveLength(2);
    for (const message of messages) await reach(world, message, 'sent');
    const nowhere = await world.process.contacts.create(userId, { name: 'Cleo', buddies: [], addresses: [] });
    const count = async () => (await world.pool.query('SELECT 1 FROM messages WHERE user_id = $1', [userId])).rowCount;
    const before = await count();
    await expect(
      world.messages.sendMany(userId, { to: [other.id, nowhere.id], text: 'x', route }),
    ).rejects.toMatchObject({ kind: 'invalid', fields: { 'to.1': expect.anything() } });
    expect(await count()).toBe(before);
  });
});

describe('what cannot be sent is refused before anything is stored', () => {
  const refused = async (network: string, request: object, error: object) => {
    const { userId, conversationId } = await alone(network);
    const sent = world.messages.send(userId, conversationId, { ...plain('x'), ...request });
    await expect(sent).rejects.toMatchObject(error);
    const { rowCount } = await world.pool.query('SELECT 1 FROM messages WHERE user_id = $1', [userId]);
    expect(rowCount).toBe(0);
    expect(world.script.seen).toEqual([]);
  };

  test.each([
    ['an empty text', 'plain', { text: ' \n ' }, { kind: 'invalid', code: 'empty-message' }],
    ['a control character', 'plain', { text: 'a\u0001b' }, { kind: 'invalid', code: 'control-characters' }],
    ['a NUL', 'plain', { text: 'a\0b' }, { kind: 'invalid', code: 'control-characters' }],
    [
      'a text too long for the network',
      'text',
      { text: 'x'.repeat(161) },
      { kind: 'too-large', code: 'text-too-long' },
    ],
    ['a text too long for any', 'post', { text: 'x'.repeat(100_001) }, { kind: 'too-large' }],
    ['a header in the subject', 'post', { subject: 'a\r\nBcc: b' }, { kind: 'invalid', code: 'invalid-subject' }],
    ['a duration of nothing', 'plain', { route: { ...ALL, mode: 'fallback', within: 'PT0S' } }, { kind: 'invalid' }],
    ['a channel with no account', 'plain', { route: { mode: 'first', channels: ['sms'] } }, { code: 'no-route' }],
    ['a time in ten years', 'plain', { sendAt: '2099-01-01T00:00:00Z' }, { code: 'invalid-send-time' }],
  ])('%s', (_name, network, request, error) => refused(network, request, error));

  test('a file where the network takes none', async () => {
    const { userId, conversationId } = await alone('plain');
    const file = await world.attachments.put(userId, {
      name: 'a.txt',
      type: 'text/plain',
      content: (async function* () {
        yield Buffer.from('hello');
      })(),
    });
    const sent = world.messages.send(userId, conversationId, { ...plain('x'), attachments: [file.id] });
    await expect(sent).rejects.toMatchObject({ code: 'attachments-not-possible' });
  });

  test('what belongs to another user is not there, and nothing changes', async () => {
    const mine = await alone('talk');
    const theirs = await alone('talk');
    const message = await theirs.send('theirs');
    await reach(world, message, 'sent');
    const { id: deliveryId } = await ledger(theirs.userId, message.id);
    const own = (more: object) => world.messages.send(mine.userId, mine.conversationId, { ...plain('x'), ...more });
    const route = { mode: 'first' as const, channels: ['im' as const] };
    const { items } = await world.process.contacts.list(theirs.userId, { limit: 1 });
    const tries = [
      () => world.messages.send(mine.userId, theirs.conversationId, plain('x')),
      () => own({ via: theirs.account.id }),
      () => own({ replyTo: message.id }),
      () => own({ attachments: [message.id] }),
      () => world.messages.sendMany(mine.userId, { to: [items[0]!.id], text: 'x', route }),
      () => world.messages.timeline(mine.userId, theirs.conversationId, { limit: 1 }),
      () => world.messages.timeline(mine.userId, mine.conversationId, { limit: 1, before: message.id }),
      () => world.messages.get(mine.userId, message.id),
      () => world.messages.edit(mine.userId, message.id, { text: 'x', format: 'plain' }),
      () => world.messages.remove(mine.userId, message.id),
      () => world.messages.react(mine.userId, message.id, '👍', true),
      () => world.messages.deliveries(mine.userId, message.id),
      () => world.process.deliveries.retry(mine.userId, deliveryId),
      () => world.messages.search(mine.userId, { q: 'x', in: theirs.conversationId, limit: 1 }),
      () => world.messages.search(mine.userId, { q: 'x', from: items[0]!.id, limit: 1 }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
    expect(await world.messages.get(theirs.userId, message.id)).toMatchObject({ text: 'theirs', reactions: [] });
    expect((await world.messages.search(mine.userId, { q: 'theirs', limit: 10 })).items).toEqual([]);
    expect(world.script.texts()).toEqual(['theirs']);
  });
});

describe('echoes and receipts', () => {
  const at = () => world.clock.now();
  const chat = { id: 'with:bob', kind: 'direct' as const };
  const echo = (text: string, id: string, key?: string) => ({
    ...{ type: 'message' as const, chat, id, text, format: 'plain' as const, at: at() },
    ...(key === undefined ? {} : { key }),
  });

  /** A message whose network has not answered yet. */
  async function flying() {
    const one = await alone('talk');
    const wire = later<Sent>();
    world.script.seen.length = 0;
    world.script.send = () => wire.promise;
    const message = await one.send('hi there');
    await until(() => expect(world.script.seen).toHaveLength(1));
    const { key } = world.script.seen[0] as Seen;
    const shown = async () =>
      (await world.messages.timeline(one.userId, one.conversationId, { limit: 10 })).items.map((item) => item.id);
    return { ...one, wire, message, key, shown };
  }

  test('an echo with the key before the send returned', async () => {
    const { userId, account, wire, message, key, shown } = await flying();
    await deliver(world, account, echo('hi there', 'r1', key));
    await reach(world, message, 'sent');
    wire.resolve({ proof: 'sent', remoteId: 'r1', providerId: 'p' });
    await until(async () =>
      expect((await ledger(userId, message.id)).attempts).toMatchObject([{ outcome: 'sent', providerId: 'p' }]),
    );
    await deliver(world, account, echo('hi there', 'r1', key), echo('hi there', 'r1'));
    expect(await shown()).toEqual([message.id]);
  });

  test('an echo that only its text tells, before the send returned without an id', async () => {
    const { account, wire, message, shown } = await flying();
    await deliver(world, account, echo('hi there', 'r2'));
    await reach(world, message, 'sent');
    wire.resolve({ proof: 'sent' });
    await deliver(world, account, echo('hi there', 'r2'));
    expect(await shown()).toEqual([message.id]);
  });

  test('an echo nothing tells at first: hidden once the send says its id, and the client is told', async () => {
    const { userId, account, wire, message, shown, conversationId } = await flying();
    await deliver(world, account, echo('hi there (as the server wrote it)', 'r3'));
    const both = await shown();
    expect(both).toHaveLength(2);
    const copy = both.find((id) => id !== message.id)!;
    wire.resolve({ proof: 'sent', remoteId: 'r3' });
    await reach(world, message, 'sent');
    expect(await shown()).toEqual([message.id]);
    expect((await world.process.conversations.get(userId, conversationId)).lastMessage?.id).toBe(message.id);
    const { rows } = await world.pool.query('SELECT (SELECT rev FROM messages WHERE id = $1) > 0 AS told', [copy]);
    expect(rows[0].told).toBe(true);
    await expect(world.messages.get(userId, copy)).rejects.toMatchObject({ kind: 'not-found' });
    await deliver(world, account, echo('hi there (as the server wrote it)', 'r3'));
    // What speaks of that id means ours.
    const reaction = { type: 'reaction' as const, chat, target: 'r3', from: { id: 'bob', address: 'bob' } };
    await deliver(world, account, { ...reaction, emoji: '👍', on: true, at: at() });
    expect(await shown()).toEqual([message.id]);
    expect((await world.messages.get(userId, message.id)).reactions).toMatchObject([{ emoji: '👍' }]);
  });

  test('a receipt before the send returned waits for it', async () => {
    const { account, wire, message } = await flying();
    await deliver(world, account, { type: 'receipt', target: 'r4', proves: 'delivered', at: at() });
    expect(await statuses(world.pool, message.id)).toEqual(['sending']);
    wire.resolve({ proof: 'sent', remoteId: 'r4' });
    await reach(world, message, 'delivered');
  });

  test('receipts late, doubled and in the wrong order only ever improve; a late bounce finds its message', async () => {
    const { userId, account, wire, message } = await flying();
    wire.resolve({ proof: 'sent', remoteId: 'r5' });
    await reach(world, message, 'sent');
    const receipt = { type: 'receipt' as const, target: 'r5', at: at() };
    await deliver(world, account, { ...receipt, proves: 'read' }, { ...receipt, proves: 'delivered' });
    await deliver(world, account, { ...receipt, proves: 'sent' }, { ...receipt, proves: 'read' });
    expect(await statuses(world.pool, message.id)).toEqual(['read']);
    const second = await flying();
    second.wire.resolve({ proof: 'sent', remoteId: 'r6' });
    await reach(world, second.message, 'sent');
    const bounce = {
      type: 'receipt' as const,
      target: 'r6',
      proves: 'failed' as const,
      reason: 'mailbox full',
      at: at(),
    };
    await deliver(world, second.account, bounce);
    await reach(world, second.message, 'failed');
    expect(await ledger(second.userId, second.message.id)).toMatchObject({
      reason: 'mailbox full',
      attempts: [{ outcome: 'failed', reason: 'mailbox full' }],
    });
    expect(userId).not.toBe(second.userId);
  });

  test('the same text written on another device is another message', async () => {
    const { account, wire, message, shown } = await flying();
    wire.resolve({ proof: 'sent', remoteId: 'r7' });
    await reach(world, message, 'sent');
    await deliver(world, account, echo('hi there', 'r8'));
    expect(await shown()).toHaveLength(2);
  });
});

describe('changes', () => {
  test('what is out is edited, deleted and reacted to on its network', async () => {
    const { userId, send } = await alone('talk');
    world.script.send = async () => ({ proof: 'sent', remoteId: 'r1' });
    const message = await send('tpyo');
    await reach(world, message, 'sent');
    expect(await world.messages.edit(userId, message.id, { text: 'typo', format: 'plain' })).toMatchObject({
      text: 'typo',
      editedAt: expect.anything(),
    });
    expect((await world.messages.react(userId, message.id, '👍', true)).reactions).toEqual([
      { emoji: '👍', name: 'You', mine: true },
    ]);
    expect((await world.messages.react(userId, message.id, '👍', false)).reactions).toEqual([]);
    expect(await world.messages.remove(userId, message.id)).toMatchObject({ text: '', deletedAt: expect.anything() });
    expect(world.script.changes).toEqual(['edit r1 typo', 'react r1 👍 true', 'react r1 👍 false', 'delete r1']);
  });

  test('where the network cannot, it says so and nothing changes', async () => {
    const { userId, send } = await alone('plain');
    world.script.send = async () => ({ proof: 'sent', remoteId: 'r1' });
    const message = await send('stays');
    await reach(world, message, 'sent');
    const tries = [
      () => world.messages.edit(userId, message.id, { text: 'x', format: 'plain' }),
      () => world.messages.remove(userId, message.id),
      () => world.messages.react(userId, message.id, '👍', true),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ kind: 'conflict' });
    await expect(world.messages.react(userId, message.id, 'a b', true)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await world.messages.get(userId, message.id)).toMatchObject({ text: 'stays', reactions: [] });
  });

  test('while it is being sent it can be neither edited nor cancelled; what others wrote never', async () => {
    const { userId, account, send, conversationId } = await alone('talk');
    world.script.send = () => new Promise<Sent>(() => {});
    const message = await send('going');
    await until(() => expect(world.script.seen).toHaveLength(1));
    await expect(world.messages.edit(userId, message.id, { text: 'x', format: 'plain' })).rejects.toMatchObject({
      code: 'being-sent',
    });
    await expect(world.messages.remove(userId, message.id)).rejects.toMatchObject({ code: 'being-sent' });
    await deliver(world, account, {
      ...{ type: 'message', chat: { id: 'with:bob', kind: 'direct' }, id: 'in', from: { id: 'bob', address: 'bob' } },
      ...{ text: 'mine', format: 'plain', at: world.clock.now() + 1 },
    });
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 1 });
    await expect(world.messages.edit(userId, items[0]!.id, { text: 'x', format: 'plain' })).rejects.toMatchObject({
      code: 'not-your-message',
    });
    await expect(world.messages.remove(userId, items[0]!.id)).rejects.toMatchObject({ code: 'not-your-message' });
  });

  test('replies, subject and formatting reach the network', async () => {
    const { userId, account, send, conversationId } = await alone('talk');
    await deliver(world, account, {
      ...{ type: 'message', chat: { id: 'with:bob', kind: 'direct' }, id: 'q1', from: { id: 'bob', address: 'bob' } },
      ...{ text: 'question?', format: 'plain', at: world.clock.now() },
    });
    const { items } = await world.messages.timeline(userId, conversationId, { limit: 1 });
    const message = await send('**yes**', { replyTo: items[0]!.id, format: 'markdown', subject: 'About it' });
    await reach(world, message, 'sent');
    expect(world.script.seen[0]!.message).toMatchObject({
      text: 'yes',
      html: '<p><strong>yes</strong></p>',
      subject: 'About it',
      replyTo: { remoteId: 'q1', text: 'question?', senderName: 'bob' },
    });
    expect(message).toMatchObject({
      format: 'html',
      html: '<p><strong>yes</strong></p>',
      text: 'yes',
      replyTo: items[0]!.id,
    });
  });
});
