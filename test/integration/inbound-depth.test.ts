import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contact as contactShape } from '../../src/api/contract/contacts.js';
import { conversation as conversationShape } from '../../src/api/contract/conversations.js';
import { message as messageShape } from '../../src/api/contract/messages.js';
import { contactViews } from '../../src/infra/database/views/contacts.js';
import type { ChatInfo, Event, MessageEvent } from '../../src/sdk/index.js';
import {
  deliver,
  later,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  startWorld,
  statuses,
  until,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const ann = { id: 'ann', address: 'ann', name: 'Ann' };
const bob = { id: 'bob', address: 'bob', name: 'Bob' };
const room: ChatInfo = { id: 'room', kind: 'group', name: 'The room' };
const withAnn: ChatInfo = { id: 'with:ann', kind: 'direct' };

const said = (id: string, more: Partial<MessageEvent> = {}): MessageEvent => ({
  ...{ type: 'message', chat: room, id, from: ann, text: id, format: 'plain', at: world.clock.now() },
  ...more,
});

async function alone(network = 'talk') {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, network);
  const say = (...events: Event[]) => deliver(world, account, ...events);
  const conversations = async () => (await world.process.conversations.list(userId, { limit: 50 })).items;
  const conversation = async () => (await conversations())[0]!;
  const texts = async () => {
    const { id } = await conversation();
    const page = await world.messages.timeline(userId, id, { limit: 200 });
    return page.items;
  };
  const one = async <T extends object>(sql: string): Promise<T> =>
    (await world.pool.query<T>(sql.replaceAll('$ACCOUNT', `'${account.id}'`))).rows[0]!;
  return { userId, account, say, conversation, conversations, texts, one };
}

describe('chats', () => {
  test('what a message says of its chat is kept, also where the chat is known already', async () => {
    const { say, one } = await alone();
    const chat = () =>
      one<object>('SELECT name, encrypted, member_count, topic FROM chats WHERE account_id = $ACCOUNT');
    await say(said('1'));
    expect(await chat()).toEqual({ name: 'The room', encrypted: false, member_count: null, topic: null });
    await say(said('2', { chat: { ...room, encrypted: true, memberCount: 3, name: 'Renamed' } }));
    expect(await chat()).toEqual({ name: 'Renamed', encrypted: true, member_count: 3, topic: null });
    await say({ type: 'chat', chat: { ...room, name: 'Again', memberCount: 10_000, topic: 'News' } });
    await say(said('3', { chat: { id: 'room', kind: 'group' } }));
    expect(await chat()).toEqual({ name: 'Again', encrypted: true, member_count: 10_000, topic: 'News' });
    await say(said('4', { chat: { ...room, memberCount: Number.NaN } }));
    expect(await chat()).toMatchObject({ name: 'The room', member_count: 10_000 });
  });

  test('an invitation is a request with its words, however often it is repeated', async () => {
    const { say, conversation, conversations, texts, one } = await alone();
    const invite: Event = { type: 'chat', chat: room, invite: { from: ann, text: 'Come in!' } };
    await say(invite);
    await say(invite, invite);
    expect(await conversations()).toHaveLength(1);
    expect(await conversation()).toMatchObject({ request: 'pending', unread: 1, name: 'The room' });
    expect(await texts()).toMatchObject([{ text: 'Come in!', format: 'system', sender: { name: 'Ann' } }]);
    const chat = () => one<object>('SELECT invited, joined FROM chats WHERE account_id = $ACCOUNT');
    expect(await chat()).toEqual({ invited: true, joined: false });
    await say({ type: 'chat', chat: room, joined: true });
    expect(await chat()).toEqual({ invited: false, joined: true });
    expect(await conversation()).toMatchObject({ request: 'none' });
    await say(invite);
    expect(await chat()).toEqual({ invited: false, joined: true });
  });

  test('an invitation that is taken back leaves nothing to answer; one without words says who asks', async () => {
    const { say, conversation, texts, one } = await alone();
    await say({ type: 'chat', chat: room, invite: { from: ann } });
    expect(await texts()).toMatchObject([{ text: 'Ann invites you to this chat.' }]);
    await say({ type: 'chat', chat: room, joined: false });
    expect(await one('SELECT invited FROM chats WHERE account_id = $ACCOUNT')).toEqual({ invited: false });
    expect(await conversation()).toMatchObject({ request: 'declined', archived: true });
    await say({ type: 'chat', chat: room, invite: { from: bob, text: 'Do come' } });
    expect(await conversation()).toMatchObject({ request: 'pending', archived: false });
  });

  test('a stranger who asks to reach us becomes a contact and a request', async () => {
    const { userId, say, conversation } = await alone();
    await say({ type: 'chat', chat: withAnn, invite: { from: ann } });
    expect(await conversation()).toMatchObject({ request: 'pending', kind: 'direct', name: 'Ann' });
    expect((await world.process.contacts.list(userId, { limit: 5 })).items).toMatchObject([{ name: 'Ann' }]);
  });

  test('whom we wrote to with another client gets a conversation of their own, and is no stranger', async () => {
    const { userId, say, conversation, texts } = await alone();
    const mine: Partial<MessageEvent> = { chat: withAnn, to: ann };
    await say(said('mine', { ...mine, from: undefined } as Partial<MessageEvent>));
    expect(await conversation()).toMatchObject({ name: 'Ann', kind: 'direct', request: 'none', unread: 0 });
    const [contact] = (await world.process.contacts.list(userId, { limit: 5 })).items;
    expect([contact!.name, contact!.conversationId]).toEqual(['Ann', (await conversation()).id]);
    await say(said('theirs', { chat: withAnn }));
    expect((await texts()).map(({ direction, sender }) => [direction, sender.name])).toEqual(
      expect.arrayContaining([
        ['out', 'You'],
        ['in', 'Ann'],
      ]),
    );
    expect(await conversation()).toMatchObject({ request: 'none', unread: 1 });
  });

  test('whoever is in our own list is no stranger', async () => {
    const { say, conversations } = await alone();
    await say({ type: 'contact', buddy: ann, listed: true });
    await say(said('hello', { chat: withAnn }));
    await say(said('hi', { chat: { id: 'with:bob', kind: 'direct' }, from: bob }));
    const requests = (await conversations()).map(({ name, request }) => [name, request]);
    expect(new Map(requests as [string, string][])).toEqual(
      new Map([
        ['Ann', 'none'],
        ['Bob', 'pending'],
      ]),
    );
  });
});

describe('people', () => {
  const picture = (id: string, size = 8, type = 'image/png') => ({ id, type, content: new Uint8Array(size).fill(7) });

  test('only who is listed gets a contact; groups, blocks and opt-outs are kept and told', async () => {
    const { userId, say, one } = await alone();
    await say({ type: 'contact', buddy: bob, groups: ['Later'] });
    const contacts = async () => (await world.process.contacts.list(userId, { limit: 10 })).items;
    expect(await contacts()).toEqual([]);
    await say({ type: 'contact', buddy: ann, listed: true, groups: ['Friends', ' Work\n', 'Friends', ''] });
    const row = () =>
      one<object>(
        `SELECT groups, listed, blocked, opted_out FROM buddies WHERE account_id = $ACCOUNT AND remote_id = 'ann'`,
      );
    expect(await row()).toEqual({ groups: ['Friends', 'Work'], listed: true, blocked: false, opted_out: false });
    const before = (await contacts())[0]!;
    await say({ type: 'contact', buddy: ann, blocked: true });
    await say({ type: 'contact', buddy: ann, optedOut: true, groups: [] });
    expect(await row()).toEqual({ groups: [], listed: true, blocked: true, opted_out: true });
    const after = (await contacts())[0]!;
    expect(after.rev).toBeGreaterThan(before.rev);
    await say({ type: 'contact', buddy: ann, blocked: true });
    expect((await contacts())[0]!.rev).toBe(after.rev);
    await say({ type: 'contact', buddy: ann, listed: false });
    expect(await row()).toMatchObject({ listed: false });
    expect(await contacts()).toHaveLength(1);
    await say({ type: 'contact', buddy: { id: 'eve', address: 'eve' } });
    expect(await contacts()).toHaveLength(2);
  });

  test('a picture is stored once, replaced, refused where it is none, and gone', async () => {
    const { userId, say } = await alone();
    const url = async () => (await contactViews(world.prisma, { userId }))[0]?.buddies[0]?.avatarUrl;
    const files = async () => world.prisma.attachment.findMany({ where: { userId } });
    await say({ type: 'contact', buddy: ann, listed: true, avatar: picture('one') });
    const first = await url();
    const [file] = await files();
    expect(first).toBe(`/api/v1/attachments/${file!.id}`);
    const { content } = await world.attachments.open(userId, file!.id);
    const bytes: Buffer[] = [];
    for await (const chunk of content) bytes.push(Buffer.from(chunk));
    expect(Buffer.concat(bytes)).toEqual(Buffer.alloc(8, 7));
    await say({ type: 'contact', buddy: { ...ann, avatarUrl: 'https://example.org/spy.png' }, avatar: picture('one') });
    expect(await url()).toBe(first);
    await say({ type: 'contact', buddy: ann, avatar: picture('two', 9) });
    expect(await url()).not.toBe(first);
    expect(await files()).toHaveLength(1);
    const second = await url();
    await say({ type: 'contact', buddy: ann, avatar: picture('three', 8, 'image/svg+xml') });
    await say({ type: 'contact', buddy: ann, avatar: picture('four', 512 * 1024 + 1) });
    await say({ type: 'contact', buddy: ann, avatar: picture('five', 0) });
    expect(await url()).toBe(second);
    await say({ type: 'contact', buddy: ann, avatar: null });
    expect(await url()).toBeUndefined();
    expect(await files()).toEqual([]);
  });
});

describe('messages that cannot be read yet', () => {
  const sealed = (id: string, more: Partial<MessageEvent> = {}) =>
    said(id, { text: '', unreadable: 'The key has not come yet.', ...more });

  test('are shown as that, and healed in place: neither new nor edited', async () => {
    const { say, conversation, texts, one } = await alone();
    await say(said('before', { at: world.clock.now() - 3000 }));
    await say(sealed('m', { text: 'never shown', html: '<b>nor this</b>', at: world.clock.now() - 2000 }));
    await say(said('after', { at: world.clock.now() - 1000 }));
    const row = () =>
      one<object>(
        `SELECT m.text, m.html, m.unreadable, m.edited_at FROM messages m JOIN chats c ON c.id = m.chat_id
         WHERE c.account_id = $ACCOUNT AND m.remote_id = 'm'`,
      );
    expect(await row()).toEqual({ text: '', html: null, unreadable: 'The key has not come yet.', edited_at: null });
    expect((await conversation()).unread).toBe(3);
    const sealedRow = (await texts())[1]!;
    await say(sealed('m'), sealed('m', { unreadable: 'The key was lost.' }));
    expect(await row()).toMatchObject({ unreadable: 'The key was lost.' });
    await say({ type: 'reaction', chat: room, target: 'm', from: bob, emoji: '👍', on: true, at: world.clock.now() });
    // It looks like any message now, and comes with others.
    await say(said('m', { text: 'now it opens', html: '<b>now</b>' }), said('last'));
    expect(await row()).toEqual({ text: 'now it opens', html: '<b>now</b>', unreadable: null, edited_at: null });
    const [, , healed] = await texts();
    expect(healed).toMatchObject({ id: sealedRow.id, sentAt: sealedRow.sentAt, text: 'now it opens' });
    expect(healed!.rev).toBeGreaterThan(sealedRow.rev);
    expect(healed!.reactions).toMatchObject([{ emoji: '👍' }]);
    expect((await conversation()).unread).toBe(4);
    await say(said('m', { text: 'a third time' }));
    expect(await row()).toMatchObject({ text: 'now it opens' });
  });

  test('bring their files when they open, and stay away where they were deleted or edited meanwhile', async () => {
    const { say, conversation, texts } = await alone();
    await say(sealed('file'), sealed('gone'), sealed('edited'));
    const at = world.clock.now();
    await say({ type: 'deletion', chat: room, target: 'gone', at });
    await say({ type: 'edit', chat: room, target: 'edited', text: 'the edit', at });
    const content = new TextEncoder().encode('picture');
    const attachments = [{ name: 'a.png', type: 'image/png', size: 7, content, contentId: 'p1' }];
    await say(said('file', { html: '<img src="cid:p1" alt="it">', attachments }), said('gone'), said('edited'));
    const found = new Map((await texts()).map((message) => [message.text, message]));
    expect([...found.keys()].sort()).toEqual(['', 'file', 'the edit']);
    const [file] = found.get('file')!.attachments;
    expect(found.get('file')!.html).toBe(`<img src="/api/v1/attachments/${file!.id}" alt="it" />`);
    expect((await conversation()).unread).toBe(3);
  });

  test('had files of their own: those that come with the readable one take their place', async () => {
    const { say, texts } = await alone();
    const file = (name: string) => ({ name, type: 'text/plain', size: 1, content: new TextEncoder().encode(name) });
    await say(sealed('m', { attachments: [file('a'), file('b')] }));
    const [before] = await texts();
    await say(said('m', { attachments: [file('c')] }));
    const [after] = await texts();
    expect(after!.attachments).toMatchObject([{ name: 'c' }]);
    expect(after!.rev).toBeGreaterThan(before!.rev);
  });

  test('of our own other client are healed too', async () => {
    const { say, texts } = await alone();
    await say(sealed('mine', { from: undefined } as Partial<MessageEvent>));
    await say(said('mine', { from: undefined, text: 'mine' } as Partial<MessageEvent>));
    expect(await texts()).toMatchObject([{ text: 'mine', direction: 'out' }]);
  });
});

describe('receipts', () => {
  async function sent(chat: { conversationId: string }, userId: string, ...texts: string[]) {
    const messages = [];
    for (const text of texts) {
      const { message } = await world.messages.send(userId, chat.conversationId, plain(text));
      await reach(world, message, 'sent');
      world.clock.advance(1000);
      messages.push(message);
    }
    return messages;
  }

  test('up to a message prove all of ours before it, whoever wrote that', async () => {
    const { userId, account, say } = await alone();
    world.script.send = async ({ text }) => ({ proof: 'sent', remoteId: `r-${text}` });
    const chat = await open(world, account, 'ann');
    const [one, two] = await sent(chat, userId, 'one', 'two');
    await say(said('theirs', { chat: withAnn, at: world.clock.now() }));
    world.clock.advance(1000);
    const [three] = await sent(chat, userId, 'three');
    const all = async () =>
      Promise.all([one, two, three].map(async (message) => (await statuses(world.pool, message!.id))[0]));
    const receipt = (target: string, proves: 'delivered' | 'read'): Event => ({
      ...{ type: 'receipt', target, proves, upTo: withAnn, at: world.clock.now() },
    });
    await say(receipt('r-two', 'delivered'));
    expect(await all()).toEqual(['delivered', 'delivered', 'sent']);
    await say(receipt('theirs', 'read'));
    expect(await all()).toEqual(['read', 'read', 'sent']);
    await say(receipt('not there yet', 'read'));
    expect(await all()).toEqual(['read', 'read', 'sent']);
    await say(said('not there yet', { chat: withAnn, at: world.clock.now() + 1000 }));
    expect(await all()).toEqual(['read', 'read', 'read']);
    await say(receipt('r-three', 'delivered'));
    expect(await all()).toEqual(['read', 'read', 'read']);
    const [delivery] = await world.messages.deliveries(userId, one!.id);
    expect(delivery!.attempts).toMatchObject([{ outcome: 'delivered', endedAt: expect.any(String) }]);
  });

  test('of several people are listed by name; the first moves the message', async () => {
    const { userId, say, conversation, one } = await alone();
    world.script.send = async ({ text }) => ({ proof: 'sent', remoteId: `r-${text}` });
    await say(said('hello', { at: world.clock.now() - 5000 }));
    const chat = { conversationId: (await conversation()).id };
    const [first, second] = await sent(chat, userId, 'first', 'second');
    const from = (buddy: typeof ann, target: string, proves: 'delivered' | 'read', more: object = {}): Event => ({
      ...{ type: 'receipt', target, proves, from: buddy, at: world.clock.now(), ...more },
    });
    await say(from(ann, 'r-first', 'delivered'));
    await say(from(ann, 'r-first', 'read'), from(ann, 'r-first', 'delivered'));
    await say(from(bob, 'r-second', 'read', { upTo: room }));
    expect(await statuses(world.pool, first!.id)).toEqual(['read']);
    expect(await statuses(world.pool, second!.id)).toEqual(['read']);
    const rows = await world.prisma.messageReceipt.findMany({
      where: { messageId: { in: [first!.id, second!.id] } },
      orderBy: [{ messageId: 'asc' }, { sender: 'asc' }],
    });
    expect(rows).toMatchObject([
      { messageId: first!.id, name: 'Ann', proves: 'read' },
      { messageId: first!.id, name: 'Bob', proves: 'read' },
      { messageId: second!.id, name: 'Bob', proves: 'read' },
    ]);
    const before = await one<{ rev: number }>(`SELECT rev FROM messages WHERE id = '${first!.id}'`);
    await say(from(bob, 'r-second', 'read', { upTo: room }));
    expect(await one(`SELECT rev FROM messages WHERE id = '${first!.id}'`)).toEqual(before);
  });

  test('up to the last of very many are bounded', async () => {
    const { userId, account, say } = await alone();
    const { chatId, conversationId } = await open(world, account, 'ann');
    const start = world.clock.now();
    await world.pool.query(
      `WITH n AS (SELECT g, gen_random_uuid() AS id FROM generate_series(1, 3000) AS g), m AS (
         INSERT INTO messages (id, user_id, chat_id, direction, sender_name, text, sent_at, rev)
         SELECT id, $1, $2, 'out', 'You', 'm' || g, to_timestamp($4::float8 / 1000) + g * interval '1 ms', 1 FROM n RETURNING id)
       INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, status, expires_at, remote_id, message_at, rev)
       SELECT gen_random_uuid(), $1, id, $3, $2, 'im', 'ann', 'sent', now(), 'r' || g, to_timestamp($4::float8 / 1000) + g * interval '1 ms', 1 FROM n`,
      [userId, chatId, account.id, start],
    );
    await say({ type: 'receipt', target: 'r3000', proves: 'read', upTo: withAnn, at: world.clock.now() });
    const { rows } = await world.pool.query('SELECT status, count(*) FROM deliveries WHERE chat_id = $1 GROUP BY 1', [
      chatId,
    ]);
    expect(new Map(rows.map((row) => [row.status, row.count]))).toEqual(
      new Map([
        ['read', 1000],
        ['sent', 2000],
      ]),
    );
    expect(conversationId).toBeTruthy();
  });
});

describe('reading elsewhere', () => {
  const seen = (target: string, chat = room): Event => ({ type: 'seen', chat, target, at: world.clock.now() });

  test('is reading here, and never goes back', async () => {
    const { say, conversation, one } = await alone();
    const start = world.clock.now() - 10_000;
    await say(...['1', '2', '3', '4'].map((id, n) => said(id, { at: start + n * 1000 })));
    expect((await conversation()).unread).toBe(4);
    const markers = () =>
      one<object>('SELECT read_remote_id, read_told_remote_id FROM chats WHERE account_id = $ACCOUNT');
    await say(seen('2'));
    expect((await conversation()).unread).toBe(2);
    expect(await markers()).toEqual({ read_remote_id: '2', read_told_remote_id: '2' });
    await say(seen('1'));
    expect((await conversation()).unread).toBe(2);
    expect(await markers()).toEqual({ read_remote_id: '2', read_told_remote_id: '2' });
    await say(seen('later'));
    expect((await conversation()).unread).toBe(2);
    await say(said('later', { at: start + 8000 }), said('last', { at: start + 9000 }));
    expect((await conversation()).unread).toBe(1);
    expect(await markers()).toEqual({ read_remote_id: 'later', read_told_remote_id: 'later' });
  });
});

describe('what clients see', () => {
  test('of messages: threads, what cannot be read, receipts by name, parts', async () => {
    const { userId, say, conversation, texts } = await alone();
    world.script.send = async ({ text }) => ({ proof: 'sent', remoteId: `r-${text}` });
    const content = new TextEncoder().encode('picture');
    const at = world.clock.now();
    await say(
      said('in the thread', { thread: 'root', at: at - 2000 }),
      said('sealed', { unreadable: 'No key.', text: '', at: at - 1000 }),
      said('file', { at, attachments: [{ name: 'a.png', type: 'image/png', size: 7, content, contentId: 'p1' }] }),
    );
    expect((await texts())[2]).not.toHaveProperty('thread');
    await say(said('root', { at: at - 3000 }));
    const [file, sealed, inThread, root] = await texts();
    expect(inThread).toMatchObject({ text: 'in the thread', thread: root!.id });
    expect(sealed).toMatchObject({ text: '', unreadable: 'No key.' });
    expect(file!.attachments).toMatchObject([{ name: 'a.png', contentId: 'p1' }]);
    const { id } = await conversation();
    const { message } = await world.messages.send(userId, id, plain('ours'));
    await reach(world, message, 'sent');
    await say(said('on ours', { thread: 'r-ours', at: at + 1000 }), {
      type: 'receipt',
      target: 'r-ours',
      proves: 'read',
      from: ann,
      at,
    });
    const seen = await world.messages.get(userId, message.id);
    expect(seen.receipts).toEqual([{ name: 'Ann', proves: 'read', at: new Date(at).toISOString() }]);
    expect((await texts())[0]).toMatchObject({ text: 'on ours', thread: message.id });
    for (const view of await texts()) expect(messageShape.parse(view)).toEqual(view);
  });

  test('of a thread whose first message comes last: its messages change under a revision of their own', async () => {
    const { userId, say, conversation, texts } = await alone();
    const at = world.clock.now();
    const before = async (...found: string[]) => {
      const rows = (await texts()).filter(({ text }) => found.includes(text));
      expect(rows).toHaveLength(found.length);
      for (const row of rows) expect(row).not.toHaveProperty('thread');
      return Math.max(...rows.map(({ rev }) => rev));
    };
    const leadTo = async (id: string, since: number, ...found: string[]) => {
      const rows = (await texts()).filter(({ text }) => found.includes(text));
      expect(rows.map(({ thread }) => thread)).toEqual(found.map(() => id));
      for (const { rev } of rows) expect(rev).toBeGreaterThan(since);
      expect(new Set(rows.map(({ rev }) => rev)).size).toBe(found.length);
    };
    // By a call that is plain, in a chat that was known before anything of a thread came.
    await say(said('hello', { at: at - 9000 }));
    await say(said('one', { thread: 'first', at: at - 3000 }), said('two', { thread: 'first', at: at - 2000 }));
    const plainly = await before('one', 'two');
    await say(said('first', { at: at - 4000 }));
    await leadTo((await texts()).find(({ text }) => text === 'first')!.id, plainly, 'one', 'two');
    // By what we sent, whose id is known only when its answer comes, or its echo.
    const answer = later<void>();
    world.script.send = async ({ text }) => {
      await answer.promise;
      return { proof: 'sent', remoteId: `r-${text}` };
    };
    const { id } = await conversation();
    const { message } = await world.messages.send(userId, id, plain('ours'));
    await say(said('on ours', { thread: 'r-ours', at }));
    const ours = await before('on ours');
    answer.resolve();
    await reach(world, message, 'sent');
    await leadTo(message.id, ours, 'on ours');
    world.script.send = async () => ({ proof: 'sent' });
    const { message: echoed } = await world.messages.send(userId, id, plain('echoed'));
    await reach(world, echoed, 'sent');
    await say(said('on the echo', { thread: 'r-echoed', at }));
    const echo = await before('on the echo');
    await say(said('r-echoed', { from: undefined, text: 'echoed', at: world.clock.now() } as Partial<MessageEvent>));
    await leadTo(echoed.id, echo, 'on the echo');
  });

  test('of chats and people: encryption, members, invitations, capabilities of the live connection, groups', async () => {
    const { userId, account, say, conversation } = await alone();
    world.script.send = async () => ({ proof: 'sent', remoteId: 'mine' });
    await say({ type: 'chat', chat: { ...room, encrypted: true, memberCount: 12 }, invite: { from: ann } });
    const [chat] = (await conversation()).chats;
    expect(chat).toMatchObject({ invited: true, joined: false, encrypted: true, memberCount: 12 });
    await say({ type: 'contact', buddy: ann, listed: true, groups: ['Friends'], blocked: true, optedOut: true });
    const [contact] = await contactViews(world.prisma, { userId });
    expect(contact!.buddies[0]).toMatchObject({ groups: ['Friends'], listed: true, blocked: true, optedOut: true });
    expect(contactShape.parse(contact)).toEqual(contact);
    const edits = async () => (await conversation()).chats[0]!.capabilities!.edits;
    expect(await edits()).toBe(true);
    world.script.limited.add('room');
    expect(await edits()).toBe(false);
    world.script.limited.add('throws');
    expect(await edits()).toBe(true);
    world.script.limited.clear();
    await say({ type: 'chat', chat: room, joined: true });
    const { message } = await world.messages.send(userId, (await conversation()).id, plain('ours'));
    await reach(world, message, 'sent');
    expect((await conversation()).lastMessage).toMatchObject({ text: 'ours', status: 'sent' });
    expect(conversationShape.parse(await conversation())).toEqual(await conversation());
    await world.process.supervisor.close(account.id);
    expect(await edits()).toBe(true);
  });

  test('of chats that can do something unusual is told once their account is connected', async () => {
    const { account, say, conversations } = await alone();
    await say(said('1'), said('2', { chat: { ...room, id: 'other', name: 'Other' } }));
    const host = world.script.hosts.get(account.id)!;
    const revs = async () => new Map((await conversations()).map(({ name, rev }) => [name, rev]));
    const before = await revs();
    host.state({ is: 'waiting', retryAt: world.clock.now() + 1000, why: 'away' });
    world.script.limited.add('room');
    host.state({ is: 'online' });
    await until(async () => expect((await revs()).get('The room')).toBeGreaterThan(before.get('The room')!));
    expect((await revs()).get('Other')).toBe(before.get('Other'));
    const told = await revs();
    host.state({ is: 'backfilling' });
    host.state({ is: 'online' });
    expect(await revs()).toEqual(told);
    world.script.limited.clear();
  });
});

test('a backlog of 20,000 comes whole and once, over a restart in its middle, with people and chats that change', async () => {
  const { userId, account, conversation, one } = await alone();
  const start = world.clock.now() - 30_000_000;
  const people = Array.from({ length: 200 }, (_, n) => ({ id: `p${n}`, address: `p${n}`, name: `Person ${n}` }));
  const backlog = (n: number): Event => {
    const at = start + n * 1000;
    if (n % 2500 === 2499) return { type: 'chat', chat: { ...room, memberCount: n } };
    const more = n % 97 === 0 && n < 2000 ? { unreadable: 'No key.', text: '' } : { text: `line ${n}` };
    return said(`b${n}`, { ...more, at, backfill: true, from: people[n % people.length]! });
  };
  const host = () => world.script.hosts.get(account.id)!;
  const feed = async (from: number, to: number) => {
    const calls: Promise<void>[] = [];
    for (let n = from; n < to; n += 250)
      calls.push(
        host().deliver(
          Array.from({ length: 250 }, (_, i) => backlog(n + i)),
          { upTo: n + 250 },
        ),
      );
    await Promise.all(calls);
  };
  await feed(0, 9000);
  // Told, and stored or not: the process ends before it knows.
  void host()
    .deliver([backlog(9000), backlog(9001)], { upTo: 9002 })
    .catch(() => {});
  await world.restart();
  const { upTo } = host().cursor as { upTo: number };
  expect([9000, 9002]).toContain(upTo);
  await feed(8500, 20_000);
  const counts = () =>
    one<object>(
      `SELECT count(*) AS all, count(DISTINCT m.remote_id) AS ids, count(m.unreadable) AS sealed
       FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.account_id = $ACCOUNT`,
    );
  const sealed = Array.from({ length: 2000 }, (_, n) => n).filter((n) => n % 97 === 0);
  expect(await counts()).toEqual({ all: 19_992, ids: 19_992, sealed: sealed.length });
  expect(await one('SELECT member_count FROM chats WHERE account_id = $ACCOUNT')).toEqual({ member_count: 19_999 });
  // The keys come: all of it again, in one go, is healed and nothing else is touched.
  await host().deliver(
    sealed.map((n) => said(`b${n}`, { text: `line ${n}`, backfill: true, from: people[n % people.length]! })),
  );
  expect(await counts()).toEqual({ all: 19_992, ids: 19_992, sealed: 0 });
  const { unread, lastMessage, id } = await conversation();
  expect([unread, lastMessage?.text]).toEqual([0, 'line 19998']);
  const page = await world.messages.timeline(userId, id, { limit: 200 });
  expect(page.items.map((item) => item.text)).toEqual(
    Array.from({ length: 201 }, (_, i) => `line ${19_999 - i}`).slice(1),
  );
}, 120_000);

test('two users in one room see only their own', async () => {
  const [one, other] = [await alone(), await alone()];
  await one.say(said('same'), said('sealed', { unreadable: 'no key', text: '' }));
  await other.say(said('same'), said('sealed', { unreadable: 'no key', text: '' }));
  await one.say({
    type: 'contact',
    buddy: ann,
    listed: true,
    avatar: { id: 'a', type: 'image/png', content: Buffer.from('a') },
  });
  await one.say(said('sealed', { text: 'opened' }), {
    type: 'seen',
    chat: room,
    target: 'sealed',
    at: world.clock.now(),
  });
  await one.say({ type: 'edit', chat: room, target: 'same', text: 'changed', at: world.clock.now() });
  await one.say({ type: 'chat', chat: { ...room, name: 'Mine', encrypted: true } });
  expect((await one.texts()).map((message) => message.text).sort()).toEqual(['changed', 'opened']);
  expect((await other.texts()).map((message) => message.text).sort()).toEqual(['', 'same']);
  expect((await one.conversation()).unread).toBe(0);
  expect((await other.conversation()).unread).toBe(2);
  expect((await world.process.contacts.list(other.userId, { limit: 5 })).items).toEqual([]);
  expect(await other.one('SELECT name, encrypted FROM chats WHERE account_id = $ACCOUNT')).toEqual({
    name: 'The room',
    encrypted: false,
  });
  const [file] = await world.prisma.attachment.findMany({ where: { userId: one.userId } });
  await expect(world.attachments.open(other.userId, file!.id)).rejects.toMatchObject({ kind: 'not-found' });
});
