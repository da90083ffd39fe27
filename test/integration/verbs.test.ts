import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.js';
import { AdapterError, type ChatInfo, type Event, type MessageEvent } from '../../src/sdk/index.js';
import {
  connect,
  deliver,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  startWorld,
  until,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.script.rich.lacks.clear();
  world.script.rich.members = [];
  world.script.rich.answer = async () => {};
  world.script.rich.send = async () => ({ proof: 'sent' });
});
afterAll(() => world.stop());

const ann = { id: 'ann', address: 'ann', name: 'Ann' };
const bob = { id: 'bob', address: 'bob', name: 'Bob' };
const withAnn: ChatInfo = { id: 'with:ann', kind: 'direct' };
const room: ChatInfo = { id: '#room', kind: 'channel', name: 'Room' };

const said = (id: string, more: Partial<MessageEvent> = {}): MessageEvent => ({
  ...{ type: 'message', chat: withAnn, id, from: ann, text: id, format: 'plain', at: world.clock.now() },
  ...more,
});

async function person(network = 'rich') {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, network);
  const say = (...events: Event[]) => deliver(world, account, ...events);
  const told = () => world.script.rich.told(account);
  /** The conversation with Ann, whom the user has written to before. */
  const withHer = async () => (await open(world, account, 'ann')).conversationId;
  const join = async (name = '#room') => {
    const { conversations } = world.process;
    return (await conversations.openChat(userId, { accountId: account.id, join: name })).conversation.id;
  };
  const ids = async (conversationId: string) =>
    (await world.messages.timeline(userId, conversationId, { limit: 50 })).items.map(({ id }) => id);
  return {
    userId,
    account,
    say,
    told,
    withHer,
    join,
    ids,
    get: (id: string) => world.process.conversations.get(userId, id),
  };
}

/** Waits until one account's network was told just this. */
async function hears(account: { id: string }, ...wanted: string[]): Promise<void> {
  const heard: string[] = [];
  await until(() => {
    heard.push(...world.script.rich.told(account));
    if (heard.length < wanted.length) throw new Error(`only ${heard.join('; ')}`);
  });
  expect(heard).toEqual(wanted);
}

/** What has been begun gets time to reach the network, if it does. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 60));
const refuse = (error: AdapterError, when = () => true) => {
  world.script.rich.answer = async () => {
    if (when()) throw error;
  };
};
const away = () => new AdapterError('temporary', 'the server is busy');

describe('typing', () => {
  test('goes to the chat that would be written to, unless the user or the conversation says no', async () => {
    const { userId, account, withHer } = await person();
    const id = await withHer();
    const { rooms, conversations } = world.process;
    await rooms.typing(userId, id, true);
    await rooms.typing(userId, id, true);
    await hears(account, 'typing in with:ann: true');
    await rooms.typing(userId, id, false);
    await hears(account, 'typing in with:ann: false');
    await conversations.patch(userId, id, { sendTyping: false });
    await rooms.typing(userId, id, true);
    await world.prisma.user.update({ where: { id: userId }, data: { sendTyping: false } });
    await conversations.patch(userId, id, { sendTyping: null });
    await rooms.typing(userId, id, true);
    await settle();
    expect(world.script.rich.told(account)).toEqual([]);
    await conversations.patch(userId, id, { sendTyping: true });
    await rooms.typing(userId, id, true);
    await hears(account, 'typing in with:ann: true');
  });

  test('is kept from a stranger whose request is not accepted, and from other users', async () => {
    const { userId, account, say, told } = await person();
    await say(said('hello'));
    const [conversation] = (await world.process.conversations.list(userId, { limit: 5 })).items;
    expect(conversation).toMatchObject({ request: 'pending' });
    await world.process.rooms.typing(userId, conversation!.id, true);
    await settle();
    expect(told()).toEqual([]);
    await world.process.conversations.accept(userId, conversation!.id);
    await world.process.rooms.typing(userId, conversation!.id, true);
    await hears(account, 'typing in with:ann: true');
    const other = await person();
    await expect(world.process.rooms.typing(other.userId, conversation!.id, true)).rejects.toMatchObject({
      code: 'conversation-not-found',
    });
  });
});

describe('what was read', () => {
  const read = (userId: string, id: string, readMessageId: string) =>
    world.process.conversations.patch(userId, id, { readMessageId });

  test('is told once, up to the newest message of the others, also after the account or the server was away', async () => {
    const { userId, account, say, withHer, ids, told } = await person();
    const id = await withHer();
    await say(said('1'));
    world.clock.advance(1000);
    await say(said('2'), { ...said('mine'), from: undefined });
    const [, second, first] = await ids(id);
    await read(userId, id, first!);
    await hears(account, 'read with:ann up to 1');
    await read(userId, id, (await ids(id))[0]!);
    await hears(account, 'read with:ann up to 2');
    // Neither again, nor backwards.
    await read(userId, id, second!);
    await read(userId, id, first!);
    await settle();
    expect(told()).toEqual([]);

    world.script.offline.add(account.id);
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    world.clock.advance(1000);
    await say(said('3'));
    await read(userId, id, (await ids(id))[0]!);
    await world.restart();
    await settle();
    expect(told()).toEqual([]);
    await connect(world, account.id);
    await hears(account, 'read with:ann up to 3');
    await world.restart();
    await settle();
    expect(told()).toEqual([]);
  });

  test('is told again when the network was busy, and not when it refused', async () => {
    const { userId, account, say, withHer, ids, told } = await person();
    const id = await withHer();
    await say(said('1'));
    refuse(away());
    await read(userId, id, (await ids(id))[0]!);
    await settle();
    world.script.rich.answer = async () => {};
    world.clock.advance(30_000);
    await hears(account, 'read with:ann up to 1');
    world.clock.advance(1000);
    await say(said('2'));
    refuse(new AdapterError('rejected', 'no'));
    await read(userId, id, (await ids(id))[0]!);
    await settle();
    world.script.rich.answer = async () => {};
    world.clock.advance(60_000);
    await settle();
    expect(told()).toEqual([]);
  });

  test('is nobody’s business where the user says so, nor later', async () => {
    const { userId, account, say, withHer, ids, told } = await person();
    const id = await withHer();
    const patch = (change: { sendReceipts: boolean | null }) => world.process.conversations.patch(userId, id, change);
    await patch({ sendReceipts: false });
    await say(said('1'));
    await read(userId, id, (await ids(id))[0]!);
    await patch({ sendReceipts: true });
    await connect(world, account.id);
    await settle();
    expect(told()).toEqual([]);
    world.clock.advance(1000);
    await say(said('2'));
    await read(userId, id, (await ids(id))[0]!);
    await hears(account, 'read with:ann up to 2');
    await world.prisma.user.update({ where: { id: userId }, data: { sendReceipts: false } });
    await patch({ sendReceipts: null });
    world.clock.advance(1000);
    await say(said('3'));
    await read(userId, id, (await ids(id))[0]!);
    await settle();
    expect(told()).toEqual([]);
  });

  test('is told to a stranger once they are accepted', async () => {
    const { userId, account, say, ids, told } = await person();
    await say(said('1'));
    const [conversation] = (await world.process.conversations.list(userId, { limit: 5 })).items;
    await read(userId, conversation!.id, (await ids(conversation!.id))[0]!);
    await connect(world, account.id);
    await settle();
    expect(told()).toEqual([]);
    await world.process.conversations.accept(userId, conversation!.id);
    await hears(account, 'read with:ann up to 1');
  });
});

describe('invitations', () => {
  const invited = async () => {
    const her = await person();
    await her.say({ type: 'chat', chat: room, invite: { from: bob, text: 'Come in' } });
    const [conversation] = (await world.process.conversations.list(her.userId, { limit: 5 })).items;
    expect(conversation).toMatchObject({ request: 'pending', chats: [{ invited: true, joined: false }] });
    return { ...her, id: conversation!.id };
  };

  test('are accepted at the network', async () => {
    const { userId, account, id } = await invited();
    await expect(world.messages.send(userId, id, plain('too early'))).rejects.toMatchObject({ code: 'invited' });
    const accepted = await world.process.conversations.accept(userId, id);
    expect(accepted).toMatchObject({ request: 'none', chats: [{ invited: false, joined: true }] });
    await hears(account, 'accept #room');
    // Once is enough.
    await world.process.conversations.accept(userId, id);
    await settle();
    expect(world.script.rich.told(account)).toEqual([]);
  });

  test('are declined at the network, also when it knows them no more', async () => {
    const { userId, account, id } = await invited();
    const declined = await world.process.conversations.decline(userId, id);
    expect(declined).toMatchObject({ request: 'declined', archived: true, chats: [{ invited: false, joined: false }] });
    await hears(account, 'decline #room');
    const other = await invited();
    refuse(new AdapterError('rejected', 'there is no such invitation'));
    await expect(world.process.conversations.accept(other.userId, other.id)).rejects.toMatchObject({
      kind: 'conflict',
      message: 'Rich: there is no such invitation',
    });
    expect(await world.process.conversations.decline(other.userId, other.id)).toMatchObject({ request: 'declined' });
  });

  test('change nothing while the account is away or the network does not answer', async () => {
    const { userId, account, id, get } = await invited();
    refuse(away());
    await expect(world.process.conversations.accept(userId, id)).rejects.toMatchObject({ kind: 'unavailable' });
    world.script.rich.answer = () => new Promise(() => {});
    const hanging = world.process.conversations.accept(userId, id);
    const ended = expect(hanging).rejects.toMatchObject({ code: 'network-unavailable' });
    await settle();
    world.clock.advance(20_000);
    await ended;
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    for (const verb of ['accept', 'decline'] as const)
      await expect(world.process.conversations[verb](userId, id)).rejects.toMatchObject({
        code: 'account-offline',
        message: 'The Rich account is not connected. Try again once it is.',
      });
    expect(await get(id)).toMatchObject({ request: 'pending', chats: [{ invited: true }] });
    const stranger = await person();
    await expect(world.process.conversations.accept(stranger.userId, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('rooms', () => {
  test('are left at the network; people are not', async () => {
    const { userId, account, join, withHer } = await person();
    const id = await join();
    expect(await world.process.conversations.leave(userId, id)).toMatchObject({ chats: [{ joined: false }] });
    await hears(account, 'leave #room');
    await world.process.conversations.leave(userId, id);
    await expect(world.process.conversations.leave(userId, await withHer())).rejects.toMatchObject({
      code: 'not-a-room',
    });
    await settle();
    expect(world.script.rich.told(account)).toEqual([]);
  });

  test('have topics', async () => {
    const { userId, account, join, withHer, get } = await person();
    const id = await join();
    const { conversations } = world.process;
    expect(await conversations.patch(userId, id, { topic: 'News', pinned: true })).toMatchObject({
      pinned: true,
      chats: [{ topic: 'News' }],
    });
    await hears(account, 'topic of #room: News');
    refuse(new AdapterError('rejected', 'only for operators'));
    await expect(conversations.patch(userId, id, { topic: 'Mine', pinned: false })).rejects.toMatchObject({
      kind: 'invalid',
      fields: { topic: 'only for operators' },
    });
    expect(await get(id)).toMatchObject({ pinned: true, chats: [{ topic: 'News' }] });
    world.script.rich.lacks.add('topic');
    await expect(conversations.patch(userId, await withHer(), { topic: 'x' })).rejects.toMatchObject({
      code: 'no-topic',
    });
  });

  test('list their members by pages, asked once for 30 s, with those whom the user knows', async () => {
    const { userId, account, join, say } = await person();
    await say({ type: 'contact', buddy: bob, listed: true });
    world.script.rich.members = [
      { buddy: bob, role: 'owner', presence: 'away' },
      ...Array.from({ length: 2_500 }, (_, index) => ({ buddy: { id: `m${index}`, address: `m${index}` } })),
    ];
    const id = await join();
    const { rooms } = world.process;
    const seen = new Set<string>();
    const first = await rooms.members(userId, id, { limit: 1000 });
    expect(first.items[0]).toEqual({
      address: 'bob',
      name: 'Bob',
      role: 'owner',
      presence: 'away',
      buddyId: expect.any(String),
    });
    expect(first.items[1]).toEqual({ address: 'm0', name: 'm0', role: 'member', presence: 'unknown' });
    for (let page = first; ; page = await rooms.members(userId, id, { limit: 1000, cursor: page.nextCursor! })) {
      for (const { address } of page.items) seen.add(address);
      if (page.nextCursor === null) break;
    }
    expect(seen.size).toBe(2_501);
    await hears(account, 'list #room');
    world.clock.advance(31_000);
    await rooms.members(userId, id, { limit: 1 });
    await hears(account, 'list #room');
  });

  test('say why nobody is listed', async () => {
    const { userId, account, join, withHer } = await person();
    const id = await join();
    const { rooms } = world.process;
    refuse(away());
    await expect(rooms.members(userId, id, { limit: 1 })).rejects.toMatchObject({ kind: 'unavailable' });
    world.script.rich.answer = async () => {};
    // A failure is not kept.
    expect(await rooms.members(userId, id, { limit: 1 })).toEqual({ items: [], nextCursor: null });
    const [chat] = (await world.process.conversations.get(userId, await withHer())).chats;
    await expect(rooms.members(userId, id, { limit: 1, chatId: chat!.id })).rejects.toMatchObject({
      code: 'chat-not-found',
    });
    world.script.rich.lacks.add('members');
    await expect(rooms.members(userId, id, { limit: 1 })).rejects.toMatchObject({ code: 'no-members' });
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    await expect(rooms.members(userId, id, { limit: 1 })).rejects.toMatchObject({ code: 'account-offline' });
    const stranger = await person();
    await expect(rooms.members(stranger.userId, id, { limit: 1 })).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('can be entered by others', async () => {
    const { userId, account, join } = await person();
    const id = await join();
    await world.process.rooms.invite(userId, id, { address: 'carol' });
    await hears(account, 'invite carol to #room');
    refuse(new AdapterError('rejected', 'there is no carol'));
    await expect(world.process.rooms.invite(userId, id, { address: 'carol' })).rejects.toMatchObject({
      kind: 'invalid',
      fields: { address: 'there is no carol' },
    });
  });
});

describe('people', () => {
  const contactOf = async ({ userId, withHer, get }: Awaited<ReturnType<typeof person>>) => {
    const { contactId } = await get(await withHer());
    return world.process.contacts.get(userId, contactId!);
  };

  test('are blocked at every network that can, and 409 where none can', async () => {
    const her = await person();
    const { userId, account } = her;
    const { id } = await contactOf(her);
    const { contacts } = world.process;
    expect(await contacts.patch(userId, id, { blocked: true })).toMatchObject({ buddies: [{ blocked: true }] });
    await hears(account, 'block ann: true');
    expect(await contacts.patch(userId, id, { blocked: false })).toMatchObject({ buddies: [{ blocked: false }] });
    await hears(account, 'block ann: false');
    refuse(away());
    await expect(contacts.patch(userId, id, { blocked: true, name: 'Changed' })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    world.script.rich.lacks.add('blocking');
    await expect(contacts.patch(userId, id, { blocked: true })).rejects.toMatchObject({ code: 'cannot-block' });
    expect(await contacts.get(userId, id)).toMatchObject({ name: 'ann', buddies: [{ blocked: false }] });
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    await expect(contacts.patch(userId, id, { blocked: true })).rejects.toMatchObject({ code: 'account-offline' });
    const stranger = await person();
    await expect(contacts.patch(stranger.userId, id, { blocked: true })).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('are added to, changed in and removed from the network’s own contact list', async () => {
    const her = await person();
    const { userId, account } = her;
    const [buddy] = (await contactOf(her)).buddies;
    const patch = (change: object) => world.process.contacts.patchBuddy(userId, buddy!.id, change);
    await expect(patch({ name: 'Anna' })).rejects.toMatchObject({ code: 'not-listed' });
    expect(await patch({ listed: true, groups: ['Friends'] })).toMatchObject({ listed: true, groups: ['Friends'] });
    expect(await patch({ name: 'Anna' })).toMatchObject({ name: 'Anna', groups: ['Friends'] });
    expect(await patch({ listed: false, blocked: true })).toMatchObject({ listed: false, groups: [], blocked: true });
    await hears(
      account,
      'add ann {"groups":["Friends"]}',
      'change ann {"name":"Anna","groups":["Friends"]}',
      'remove ann',
      'block ann: true',
    );
    world.script.rich.lacks.add('roster');
    await expect(patch({ listed: true })).rejects.toMatchObject({ code: 'no-roster', kind: 'conflict' });
    const stranger = await person();
    await expect(
      world.process.contacts.patchBuddy(stranger.userId, buddy!.id, { blocked: false }),
    ).rejects.toMatchObject({ code: 'buddy-not-found' });
  });

  test('who asked for no more messages get none: neither new ones nor what waits', async () => {
    const { userId, account, say } = await person('text');
    const { contacts } = world.process;
    const contact = await contacts.create(userId, {
      name: 'Ann',
      buddies: [{ accountId: account.id, address: '+491511234567' }],
      addresses: [{ kind: 'email', value: 'ann@example.org' }],
    });
    const buddy = { id: '+491511234567', address: '+491511234567' };
    const id = contact.conversationId!;
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    const { message: waiting } = await world.messages.send(userId, id, plain('waits'));
    await say({ type: 'contact', buddy, optedOut: true });
    await expect(world.messages.send(userId, id, plain('more'))).rejects.toMatchObject({
      code: 'opted-out',
      kind: 'conflict',
    });
    const post = await makeAccount(world, userId, 'post');
    const route = { mode: 'fallback' as const, channels: ['sms' as const, 'email' as const] };
    const { deliveries } = await world.messages.send(userId, id, { ...plain('by mail'), route });
    expect(deliveries).toMatchObject([{ accountId: post.id, channel: 'email' }]);
    await connect(world, account.id);
    await reach(world, waiting, 'failed');
    const [failed] = await world.messages.deliveries(userId, waiting.id);
    expect(failed).toMatchObject({ reason: 'They asked to get no more messages.', attempts: [] });
    await say({ type: 'contact', buddy, optedOut: false });
    const { message } = await world.messages.send(userId, id, { ...plain('again'), via: account.id });
    await reach(world, message, 'sent');
    expect(world.script.texts()).not.toContain('waits');
  });
});

test('after a server that was killed no account is said to be connected', async () => {
  const { userId, account } = await person();
  const off = await makeAccount(world, userId, 'rich', { offline: true });
  const view = (id: string) => world.process.accountService.get(userId, id);
  const before = await view(account.id);
  expect(before.state).toEqual({ is: 'online' });
  await world.process.accounts.beginAnew();
  const after = await view(account.id);
  expect(after.state).toEqual({ is: 'connecting' });
  expect(after.rev).toBeGreaterThan(before.rev);
  expect((await view(off.id)).state).toMatchObject({ is: 'waiting', why: 'the server is away' });
});

test('removing an account ends its sign-in at the network, whatever that says of it', async () => {
  const { userId, account, told } = await person();
  await world.process.accountService.remove(userId, account.id);
  expect(told()).toContain('sign out');
  const other = await person();
  refuse(away());
  await world.process.accountService.remove(other.userId, other.account.id);
  await expect(world.process.accountService.get(other.userId, other.account.id)).rejects.toMatchObject({
    kind: 'not-found',
  });
});

describe('settings of an account', () => {
  test('are shown and changed without a new sign-in', async () => {
    const { userId, account } = await person();
    const { accountService } = world.process;
    const { fields } = await accountService.settings(userId, account.id);
    expect(fields).toMatchObject([{ kind: 'password' }, { value: 'red' }]);
    expect(fields[0]).not.toHaveProperty('value');
    expect(await accountService.changeSettings(userId, account.id, { color: 'blue' })).toMatchObject({
      fields: [{ name: 'secret' }, { value: 'blue' }],
    });
    await expect(accountService.changeSettings(userId, account.id, {})).rejects.toMatchObject({
      kind: 'invalid',
      fields: { color: 'is missing' },
    });
    refuse(away());
    await expect(accountService.changeSettings(userId, account.id, { color: 'x' })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    world.script.rich.lacks.add('settings');
    await expect(accountService.settings(userId, account.id)).rejects.toMatchObject({ code: 'no-settings' });
    const stranger = await person();
    await expect(accountService.settings(stranger.userId, account.id)).rejects.toMatchObject({ kind: 'not-found' });
    await accountService.patch(userId, account.id, { enabled: false });
    await expect(accountService.settings(userId, account.id)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'account-stopped',
    });
  });
});

describe('own presence', () => {
  const set = (userId: string, presence: string, presenceNote: string | null = null) =>
    world.prisma.user.update({ where: { id: userId }, data: { presence, presenceNote } });

  test('is told to all, and audiences keep seeing theirs, over reconnects and restarts', async () => {
    const her = await person();
    const { userId, account, say, withHer, get } = her;
    await say({ type: 'contact', buddy: bob, listed: true });
    const { contactId } = await get(await withHer());
    const audience = { id: newId(), userId, name: 'work', presence: 'dnd', note: 'busy', contactIds: [contactId!] };
    await world.prisma.audience.create({ data: audience });
    await world.prisma.audience.create({ data: { id: newId(), userId, name: 'none', contactIds: [contactId!] } });
    const { presence } = world.process;
    await presence.publish(userId, 'work');
    await hears(account, 'be dnd (busy) to ann');
    await set(userId, 'away', 'lunch');
    await presence.publish(userId);
    const both = ['be away (lunch)', 'be dnd (busy) to ann'];
    await hears(account, ...both);
    world.script.hosts.get(account.id)?.state({ is: 'waiting', retryAt: 0, why: 'gone' });
    await connect(world, account.id);
    await hears(account, ...both);
    await world.restart();
    await hears(account, ...both);
    // Catching up is no new connection.
    world.script.hosts.get(account.id)?.state({ is: 'backfilling' });
    world.script.hosts.get(account.id)?.state({ is: 'online' });
    await settle();
    expect(world.script.rich.told(account)).toEqual([]);
    await set(userId, 'online');
    await world.process.presence.publish(userId);
    await hears(account, 'be online', 'be dnd (busy) to ann');
  });

  test('a plain "online" goes without saying; another user’s accounts are told nothing', async () => {
    const one = await person();
    const other = await person();
    await settle();
    expect(world.script.rich.all.filter(({ what }) => what.startsWith('be '))).toEqual([]);
    await set(one.userId, 'dnd');
    await world.process.presence.publish(one.userId);
    await hears(one.account, 'be dnd');
    expect(other.told()).toEqual([]);
  });
});

describe('messages', () => {
  test('are edited in Markdown', async () => {
    const { userId, account, withHer } = await person();
    world.script.rich.send = async () => ({ proof: 'sent', remoteId: 'sent-1' });
    const { message } = await world.messages.send(userId, await withHer(), plain('first'));
    await reach(world, message, 'sent');
    const edited = await world.messages.edit(userId, message.id, { text: 'now **bold**', format: 'markdown' });
    expect(edited).toMatchObject({ text: 'now bold', html: '<p>now <strong>bold</strong></p>', format: 'html' });
    await hears(account, 'edit sent-1: <p>now <strong>bold</strong></p>');
    const again = await world.messages.edit(userId, message.id, { text: 'plain', format: 'plain' });
    expect(again).toMatchObject({ text: 'plain', format: 'plain' });
    expect(again).not.toHaveProperty('html');
  });

  test('have buttons, or lines in their place', async () => {
    const sent: unknown[] = [];
    world.script.rich.send = async ({ text, buttons }) => {
      sent.push({ text, buttons });
      return { proof: 'sent' };
    };
    const { userId, withHer } = await person();
    const id = await withHer();
    const buttons = [[{ label: 'Yes' }, { label: 'Look', url: 'https://example.org/' }]];
    const send = async () => {
      const { message } = await world.messages.send(userId, id, { ...plain('Sure?'), buttons });
      await reach(world, message, 'sent');
      return message;
    };
    const message = await send();
    const given = [
      [
        { label: 'Yes', value: 'Yes' },
        { label: 'Look', url: 'https://example.org/' },
      ],
    ];
    expect(message).toMatchObject({ text: 'Sure?', buttons: given });
    world.script.rich.lacks.add('buttons');
    await send();
    expect(sent).toEqual([
      { text: 'Sure?', buttons: given },
      { text: 'Sure?\n1. Yes\n2. Look: https://example.org/', buttons: undefined },
    ]);
  });

  test('stay in the thread of what they answer', async () => {
    const threads: unknown[] = [];
    world.script.rich.send = async ({ replyTo }) => {
      threads.push(replyTo?.thread);
      return { proof: 'sent', remoteId: `sent-${threads.length}` };
    };
    const { userId, say, withHer, ids } = await person();
    const id = await withHer();
    await say(said('root'));
    world.clock.advance(1000);
    await say(said('in thread', { thread: 'root' }));
    const [inThread, root] = await ids(id);
    const answer = async (replyTo: string) => {
      const { message } = await world.messages.send(userId, id, { ...plain('answer'), replyTo });
      await reach(world, message, 'sent');
      return message;
    };
    const mine = await answer(inThread!);
    expect(mine).toMatchObject({ thread: root });
    await answer(mine.id);
    await answer(root!);
    expect(threads).toEqual(['root', 'root', undefined]);
  });

  test('begin a thread below what they answer, where the network has it', async () => {
    const answered: unknown[] = [];
    world.script.rich.send = async ({ replyTo }) => {
      answered.push([replyTo?.remoteId, replyTo?.thread]);
      return { proof: 'sent', remoteId: `begun-${answered.length}` };
    };
    const { userId, say, withHer, ids } = await person();
    const id = await withHer();
    await say(said('a beginning'));
    const [root] = await ids(id);
    const send = (replyTo: string, inThread = true) =>
      world.messages.send(userId, id, { ...plain('answer'), replyTo, inThread });
    const { message: first } = await send(root!);
    expect(first).toMatchObject({ thread: root, replyTo: root });
    await reach(world, first, 'sent');
    const { message: second } = await send(first.id);
    expect(second).toMatchObject({ thread: root });
    await reach(world, second, 'sent');
    const { message: own } = await world.messages.send(userId, id, plain('my own'));
    await reach(world, own, 'sent');
    const { message: below } = await send(own.id);
    expect(below).toMatchObject({ thread: own.id });
    await reach(world, below, 'sent');
    expect(answered).toEqual([
      ['a beginning', 'a beginning'],
      ['begun-1', 'a beginning'],
      [undefined, undefined],
      ['begun-3', 'begun-3'],
    ]);
    world.script.rich.lacks.add('threads');
    await expect(send(root!)).rejects.toMatchObject({ code: 'threads-not-possible' });
    expect((await send(root!, false)).message).not.toHaveProperty('thread');
  });

  test('begin no thread below what is not on its network', async () => {
    const { userId, withHer } = await person();
    const id = await withHer();
    const sendAt = new Date(world.clock.now() + 3_600_000).toISOString();
    const { message } = await world.messages.send(userId, id, { ...plain('in an hour'), sendAt });
    const asked = world.messages.send(userId, id, { ...plain('answer'), replyTo: message.id, inThread: true });
    await expect(asked).rejects.toMatchObject({ code: 'no-thread-there' });
  });

  test('the ledger says which gateway took them and what they cost', async () => {
    const { userId, withHer } = await person();
    const id = await withHer();
    const attempt = async (cost: { amount: string; currency: string }) => {
      world.script.rich.send = async () => ({ proof: 'sent', provider: 'second gateway', parts: 2, cost });
      const { message } = await world.messages.send(userId, id, plain('hello'));
      await reach(world, message, 'sent');
      return (await world.messages.deliveries(userId, message.id))[0]!.attempts[0]!;
    };
    expect(await attempt({ amount: '0.1375', currency: 'EUR' })).toMatchObject({
      provider: 'second gateway',
      cost: { currency: 'EUR' },
      parts: 2,
    });
    expect(Number((await attempt({ amount: '0.1375', currency: 'EUR' })).cost?.amount)).toBe(0.1375);
    expect(await attempt({ amount: 'much', currency: 'EUR' })).not.toHaveProperty('cost');
  });
});
