import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { conversation as conversationShape } from '../../src/api/contract/conversations.js';
import { message as messageShape } from '../../src/api/contract/messages.js';
import type { AccountRow } from '../../src/core/accounts/store.js';
import type { MessageView } from '../../src/core/views.js';
import { PgRoomStore } from '../../src/infra/database/rooms.js';
import { ChangeLog } from '../../src/infra/database/views/changes.js';
import { AdapterError, type MessageEvent } from '../../src/sdk/index.js';
import { deliver, makeAccount, makeUser, plain, startWorld, until, type World } from '../support/sending.js';

const HOUR = 3_600_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** A user with Ann on `talk`, Bob by SMS, Cleo by mail, and Dan, to whom no way leads. */
async function scene({ relay = false } = {}) {
  const userId = await makeUser(world.prisma);
  const [talk, text, post] = await Promise.all(['talk', 'text', 'post'].map((one) => makeAccount(world, userId, one)));
  const { contacts, groups } = world.process;
  const make = async (name: string, more: Partial<Parameters<typeof contacts.create>[1]>) =>
    (await contacts.create(userId, { name, buddies: [], addresses: [], ...more })).id;
  const ann = await make('Ann', { buddies: [{ accountId: talk!.id, address: 'ann' }] });
  const bob = await make('Bob', { addresses: [{ kind: 'phone', value: '+447700900111' }] });
  const cleo = await make('Cleo', { addresses: [{ kind: 'email', value: 'cleo@example.org' }] });
  const dan = await make('Dan', {});
  const group = await groups.create(userId, { name: 'Weekend', contactIds: [ann, bob, cleo], relay });
  return { userId, talk: talk!, text: text!, post: post!, ann, bob, cleo, dan, group };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const ADDRESS = { ann: 'ann', bob: '+447700900111', cleo: 'cleo@example.org' };
let count = 0;
const from = (who: keyof typeof ADDRESS, words: string, more: Partial<MessageEvent> = {}): MessageEvent => {
  const address = ADDRESS[who];
  count += 1;
  return {
    ...{ type: 'message', chat: { id: `with:${address}`, kind: 'direct' }, id: `in${count}` },
    ...{ from: { id: address, address, name: address }, text: words, format: 'plain', at: world.clock.now() },
    ...more,
  };
};

const send = (s: Scene, words: string, id = s.group.id) => world.messages.send(s.userId, id, plain(words));
const timeline = async (s: Scene, id = s.group.id) =>
  (await world.messages.timeline(s.userId, id, { limit: 100 })).items.map((one) => one.text);
const messages = async (s: Scene, id = s.group.id) =>
  (await world.messages.timeline(s.userId, id, { limit: 100 })).items;
const conversation = (s: Scene, id = s.group.id) => world.process.conversations.get(s.userId, id);
const ownOf = async (s: Scene, contactId: string) =>
  (await world.process.contacts.get(s.userId, contactId)).conversationId!;
const recipients = async (s: Scene, id: string) =>
  (await world.process.groups.recipients(s.userId, id)).map(({ name, status, channel }) => [name, status, channel]);
const tally = async (s: Scene, id: string) => {
  const { status, recipients: found } = await world.messages.get(s.userId, id);
  return { status, ...found?.byStatus };
};
/** Waits until the message stands so with its people. */
const stands = (s: Scene, id: string, wanted: object) =>
  vi.waitFor(async () => expect(await tally(s, id)).toEqual(wanted), { timeout: 10_000, interval: 20 });
const heard = (words: string) => world.script.seen.filter((one) => one.text === words);
/** What the network calls what went out to a chat. */
const remoteOf = async (message: Pick<MessageView, 'id'>, account: AccountRow): Promise<string> => {
  const { rows } = await world.pool.query(
    'SELECT remote_id FROM deliveries WHERE message_id = $1 AND account_id = $2',
    [message.id, account.id],
  );
  return rows[0].remote_id;
};

describe('the group itself', () => {
  test('is a conversation with its members, and changes as one', async () => {
    const s = await scene();
    expect(conversationShape.parse(s.group)).toMatchObject({
      ...{ kind: 'group', name: 'Weekend', contactId: null, chats: [], unread: 0, lastMessage: null },
      group: { relay: false, members: [{ name: 'Ann' }, { name: 'Bob' }, { name: 'Cleo' }] },
    });
    const { groups, conversations, contacts } = world.process;
    const changed = await groups.patch(s.userId, s.group.id, { name: 'Sunday', contactIds: [s.cleo, s.dan, s.cleo] });
    expect(changed.name).toBe('Sunday');
    expect(changed.group?.members.map(({ name }) => name)).toEqual(['Cleo', 'Dan']);
    expect(changed.rev).toBeGreaterThan(s.group.rev);
    const pinned = await conversations.patch(s.userId, s.group.id, { pinned: true, draft: 'Hm', name: 'Our day' });
    expect(pinned).toMatchObject({ pinned: true, draft: 'Hm', name: 'Our day' });
    await contacts.patch(s.userId, s.cleo, { name: 'Cleopatra' });
    const renamed = await conversation(s);
    expect(renamed.group?.members[0]?.name).toBe('Cleopatra');
    expect(renamed.rev).toBeGreaterThan(pinned.rev);
  });

  test('says which channels lead to each member, and why none does', async () => {
    const s = await scene();
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.ann, s.bob, s.cleo, s.dan] });
    const { text } = s;
    const buddy = { id: ADDRESS.bob, address: ADDRESS.bob };
    await deliver(world, text, from('bob', 'STOP'), { type: 'contact', buddy, optedOut: true });
    const { items } = await world.process.contacts.list(s.userId, { limit: 50, q: ADDRESS.bob });
    if (items[0]) await world.process.contacts.merge(s.userId, s.bob, items[0].id);
    const members = await world.process.groups.members(s.userId, s.group.id);
    expect(members).toEqual([
      { contactId: s.ann, name: 'Ann', channels: ['im'] },
      { contactId: s.bob, name: 'Bob', channels: [], problem: 'They asked to get no more messages.' },
      { contactId: s.cleo, name: 'Cleo', channels: ['email'] },
      { contactId: s.dan, name: 'Dan', channels: [], problem: expect.stringContaining('No account of yours') },
    ]);
  });

  test('knows only the user’s own people and conversations', async () => {
    const [s, other] = [await scene(), await scene()];
    const { groups } = world.process;
    const unknown = { kind: 'not-found' };
    await expect(groups.create(s.userId, { name: 'x', contactIds: [other.ann], relay: false })).rejects.toMatchObject(
      unknown,
    );
    await expect(groups.patch(s.userId, s.group.id, { contactIds: [s.ann, other.bob] })).rejects.toMatchObject(unknown);
    await expect(groups.patch(s.userId, other.group.id, { relay: true })).rejects.toMatchObject(unknown);
    await expect(groups.members(s.userId, other.group.id)).rejects.toMatchObject(unknown);
    await expect(groups.members(s.userId, await ownOf(s, s.ann))).rejects.toMatchObject(unknown);
    await expect(groups.remove(s.userId, other.group.id)).rejects.toMatchObject(unknown);
    await expect(groups.remove(s.userId, await ownOf(s, s.ann))).rejects.toMatchObject(unknown);
    const { message } = await send(other, 'private');
    await expect(groups.recipients(s.userId, message.id)).rejects.toMatchObject(unknown);
    expect((await conversation(other)).group?.members).toHaveLength(3);
  });

  test('follows merges and splits of its members, and forgets who was deleted', async () => {
    const s = await scene();
    const { contacts } = world.process;
    const names = async () => (await conversation(s)).group?.members.map(({ name }) => name);
    const eve = { id: 'eve', address: 'eve', name: 'Eve' };
    const before = await conversation(s);
    await deliver(world, s.talk, from('ann', 'hello', { chat: { id: 'with:eve', kind: 'direct' }, from: eve }));
    const found = await contacts.list(s.userId, { limit: 1, q: 'Eve' });
    const contactIds = [found.items[0]!.id, s.bob, s.cleo];
    await world.process.groups.patch(s.userId, s.group.id, { contactIds });
    expect(await names()).toEqual(['Bob', 'Cleo', 'Eve']);
    await contacts.merge(s.userId, s.bob, found.items[0]!.id);
    expect(await names()).toEqual(['Bob', 'Cleo']);
    expect((await conversation(s)).rev).toBeGreaterThan(before.rev);
    const { message, deliveries } = await send(s, 'to the merged');
    expect(deliveries).toHaveLength(2);
    await stands(s, message.id, { status: 'sent', sent: 2 });
    const { buddies } = await contacts.get(s.userId, s.bob);
    await contacts.split(s.userId, s.bob, buddies.find(({ address }) => address === 'eve')!.id);
    expect(await names()).toEqual(['Bob', 'Cleo', 'Eve']);
    await contacts.remove(s.userId, s.cleo);
    expect(await names()).toEqual(['Bob', 'Eve']);
    // Who got what is still told, with the names they had.
    expect((await recipients(s, message.id)).map(([name]) => name)).toEqual(['Bob', 'Cleo']);
  });
});

describe('writing to a group', () => {
  test('is one message that everyone gets on their channel, with where it stands with each', async () => {
    const s = await scene();
    const answers = new Map<string, () => void>();
    world.script.send = async (seen) => {
      if (seen.account === s.text.id) await new Promise<void>((resolve) => answers.set(seen.text, resolve));
      return { proof: 'sent', remoteId: `out-${seen.key}` };
    };
    const { message, deliveries } = await send(s, 'who has it?');
    expect(messageShape.parse(message)).toMatchObject({ conversationId: s.group.id, recipients: { total: 3 } });
    expect(deliveries.map(({ channel }) => channel).sort()).toEqual(['email', 'im', 'sms']);
    await stands(s, message.id, { status: 'sending', sent: 2, sending: 1 });
    answers.get('who has it?')?.();
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.talk, {
      type: 'receipt',
      target: await remoteOf(message, s.talk),
      proves: 'read',
      at: Date.now(),
    });
    await stands(s, message.id, { status: 'sent', sent: 2, read: 1 });
    expect(await recipients(s, message.id)).toEqual([
      ['Ann', 'read', 'im'],
      ['Bob', 'sent', 'sms'],
      ['Cleo', 'sent', 'email'],
    ]);
    expect((await conversation(s)).lastMessage).toMatchObject({ text: 'who has it?', status: 'sent' });
    for (const contactId of [s.ann, s.bob, s.cleo]) {
      const own = await ownOf(s, contactId);
      expect(await timeline(s, own)).toEqual([]);
      expect(await conversation(s, own)).toMatchObject({ lastMessage: null, unread: 0 });
    }
    expect(heard('who has it?')).toHaveLength(3);
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('goes to those who can be reached; the others are counted with the reason', async () => {
    const s = await scene();
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.ann, s.dan] });
    const { message, deliveries } = await send(s, 'not to Dan');
    expect(deliveries).toHaveLength(1);
    await stands(s, message.id, { status: 'sent', sent: 1, failed: 1 });
    const found = await world.process.groups.recipients(s.userId, message.id);
    expect(found).toMatchObject([
      { name: 'Ann', status: 'sent' },
      { name: 'Dan', status: 'failed' },
    ]);
    expect(found[1]?.reason).toMatch(/No account/);
    expect(found[1]).not.toHaveProperty('deliveryId');
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.dan] });
    const { rows: before } = await world.pool.query('SELECT count(*) FROM messages WHERE user_id = $1', [s.userId]);
    await expect(send(s, 'to nobody')).rejects.toMatchObject({ code: 'nobody-reached' });
    const { rows: after } = await world.pool.query('SELECT count(*) FROM messages WHERE user_id = $1', [s.userId]);
    expect(after).toEqual(before);
  });

  test('one member whose network refuses it leaves the others alone', async () => {
    const s = await scene();
    world.script.send = async (seen) => {
      if (seen.account === s.text.id) throw new AdapterError('rejected', 'no such number');
      return { proof: 'sent' };
    };
    const { message } = await send(s, 'wrong number');
    await stands(s, message.id, { status: 'sent', sent: 2, failed: 1 });
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('mail has the group’s name as its subject and answers the mail before it', async () => {
    const s = await scene();
    world.script.send = async (seen) => ({ proof: 'sent', remoteId: `<${seen.key}>` });
    const mails = () => world.script.seen.filter((one) => one.account === s.post.id).map((one) => one.message);
    const one = await send(s, 'one');
    await stands(s, one.message.id, { status: 'sent', sent: 3 });
    await send(s, 'something else', await ownOf(s, s.cleo));
    await until(() => expect(mails()).toHaveLength(2));
    const two = await send(s, 'two');
    await stands(s, two.message.id, { status: 'sent', sent: 3 });
    const [first, alone, second] = mails();
    expect(first).toMatchObject({ subject: 'Weekend' });
    expect(first?.replyTo).toBeUndefined();
    expect(alone).not.toHaveProperty('subject');
    expect(second).toMatchObject({ subject: 'Weekend', replyTo: { remoteId: `<${first?.key}>` } });
    world.clock.advance(1_000);
    await deliver(world, s.post, from('cleo', 'fine', { replyTo: `<${second?.key}>` }));
    world.clock.advance(1_000);
    const three = await send(s, 'three');
    await stands(s, three.message.id, { status: 'sent', sent: 3 });
    expect(mails().at(-1)?.replyTo?.remoteId).toMatch(/^in/);
    const texts = world.script.seen.filter((seen) => seen.account === s.text.id);
    for (const { message } of texts) expect(message.replyTo).toBeUndefined();
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('is changed where networks have edits, and deleted where all have deletions', async () => {
    const s = await scene();
    world.script.send = async (seen) => ({ proof: 'sent', remoteId: `out-${seen.key}` });
    const { message } = await send(s, 'tpyo');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    const edit = (id: string) => world.messages.edit(s.userId, id, { text: 'typo', format: 'plain' });
    expect(await edit(message.id)).toMatchObject({ text: 'typo', conversationId: s.group.id });
    const target = await remoteOf(message, s.talk);
    expect(world.script.changes.filter((one) => one.endsWith('typo'))).toEqual([`edit ${target} typo`]);
    await world.messages.react(s.userId, message.id, '👍', true);
    expect((await messages(s))[0]?.reactions).toMatchObject([{ emoji: '👍', mine: true }]);
    await expect(world.messages.remove(s.userId, message.id)).rejects.toMatchObject({ code: 'cannot-be-deleted' });
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.bob, s.cleo] });
    const fixed = await send(s, 'tpyo again');
    await stands(s, fixed.message.id, { status: 'sent', sent: 2 });
    await expect(edit(fixed.message.id)).rejects.toMatchObject({ code: 'cannot-be-edited' });
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.ann] });
    const gone = await send(s, 'never mind');
    await stands(s, gone.message.id, { status: 'sent', sent: 1 });
    expect((await world.messages.remove(s.userId, gone.message.id)).deletedAt).toBeDefined();
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('for later: until it goes, answers are to the user alone, and then to the group', async () => {
    const s = await scene();
    const own = await ownOf(s, s.ann);
    const sendAt = new Date(world.clock.now() + HOUR).toISOString();
    const { message } = await world.messages.send(s.userId, s.group.id, { ...plain('at noon'), sendAt });
    expect(await tally(s, message.id)).toEqual({ status: 'queued', queued: 3 });
    await deliver(world, s.talk, from('ann', 'before noon'));
    world.clock.advance(HOUR + 1_000);
    await stands(s, message.id, { status: 'sent', sent: 3 });
    expect((await conversation(s)).lastMessage).toMatchObject({ text: 'at noon' });
    world.clock.advance(1_000);
    await deliver(world, s.talk, from('ann', 'after noon'));
    expect(await timeline(s)).toEqual(['after noon', 'at noon']);
    expect(await timeline(s, own)).toEqual(['before noon']);
  });

  test('that the user writes is told to everyone whom the group wrote to', async () => {
    const s = await scene();
    const store = new PgRoomStore(world.pool);
    expect(await store.chats(s.userId, s.group.id)).toEqual({ chats: [], all: true });
    const { message } = await send(s, 'typing next');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    const { chats, all } = await store.chats(s.userId, s.group.id);
    expect(all).toBe(true);
    expect(chats.map(({ accountId }) => accountId).sort()).toEqual([s.talk.id, s.text.id, s.post.id].sort());
  });

  test('two hundred members at once', async () => {
    const userId = await makeUser(world.prisma);
    const talk = await makeAccount(world, userId, 'talk');
    const contactIds: string[] = [];
    for (let n = 0; n < 200; n += 1) {
      const name = `Member ${n}`;
      const buddies = [{ accountId: talk.id, address: `member${n}` }];
      contactIds.push((await world.process.contacts.create(userId, { name, buddies, addresses: [] })).id);
    }
    const group = await world.process.groups.create(userId, { name: 'All', contactIds, relay: false });
    const began = performance.now();
    const { message } = await world.messages.send(userId, group.id, plain('to all of you'));
    expect(performance.now() - began).toBeLessThan(5_000);
    await vi.waitFor(
      async () => {
        const { recipients: found } = await world.messages.get(userId, message.id);
        expect(found).toEqual({ total: 200, byStatus: { sent: 200 } });
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(heard('to all of you')).toHaveLength(200);
    expect((await world.messages.get(userId, message.id)).deliveries).toHaveLength(50);
  });
});

describe('answers', () => {
  test('to a group’s message stand in the group, with the names people have here', async () => {
    const s = await scene();
    const { message } = await send(s, 'how are you?');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    world.clock.advance(1_000);
    await deliver(world, s.talk, from('ann', 'well'));
    await deliver(world, s.text, from('bob', 'so so'));
    const file = { name: 'a.txt', type: 'text/plain', size: 2, content: new TextEncoder().encode('hi') };
    await deliver(world, s.post, from('cleo', 'see the file', { attachments: [file] }));
    expect((await messages(s)).map(({ sender, text }) => `${sender.name}: ${text}`)).toEqual([
      'Cleo: see the file',
      'Bob: so so',
      'Ann: well',
      'You: how are you?',
    ]);
    expect(await conversation(s)).toMatchObject({
      unread: 3,
      lastMessage: { text: 'see the file', senderName: 'Cleo', direction: 'in' },
    });
    for (const contactId of [s.ann, s.bob, s.cleo]) {
      const own = await ownOf(s, contactId);
      expect(await timeline(s, own)).toEqual([]);
      expect((await conversation(s, own)).unread).toBe(0);
    }
    const find = async (id: string) =>
      (await world.messages.search(s.userId, { q: 'well', in: id, limit: 10 })).items.map((one) => one.text);
    expect(await find(s.group.id)).toEqual(['well']);
    expect(await find(await ownOf(s, s.ann))).toEqual([]);
  });

  test('belong to the last message that went out, or to the one they name', async () => {
    const s = await scene();
    world.script.send = async (seen) => ({ proof: 'sent', remoteId: `out-${seen.key}` });
    const own = await ownOf(s, s.ann);
    const inGroup = await send(s, 'to all');
    await stands(s, inGroup.message.id, { status: 'sent', sent: 3 });
    const alone = await send(s, 'to you', own);
    await until(async () => expect(await remoteOf(alone.message, s.talk)).toBeTruthy());
    await deliver(world, s.talk, from('ann', 'to you alone'));
    await deliver(
      world,
      s.talk,
      from('ann', 'to the group', { replyTo: await remoteOf(inGroup.message, s.talk) }),
      from('ann', 'to you again'),
    );
    const again = await send(s, 'to all again');
    await stands(s, again.message.id, { status: 'sent', sent: 3 });
    await deliver(
      world,
      s.talk,
      from('ann', 'back to you', { replyTo: await remoteOf(alone.message, s.talk) }),
      from('ann', 'of something unknown', { replyTo: 'nobody knows' }),
    );
    expect(await timeline(s)).toEqual(['of something unknown', 'to all again', 'to the group', 'to all']);
    expect(await timeline(s, own)).toEqual(['back to you', 'to you again', 'to you alone', 'to you']);
    // The same for what is not stored in a batch.
    const file = { name: 'a.txt', type: 'text/plain', size: 2, content: new TextEncoder().encode('hi') };
    const attachments = [file];
    await deliver(world, s.talk, from('ann', 'file to all', { attachments }));
    const replyTo = await remoteOf(alone.message, s.talk);
    await deliver(world, s.talk, from('ann', 'file to you', { attachments, replyTo }));
    expect((await timeline(s))[0]).toBe('file to all');
    expect((await timeline(s, own))[0]).toBe('file to you');
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('belong to it for 72 hours, and not when they were said before it', async () => {
    const s = await scene();
    const own = await ownOf(s, s.ann);
    const { message } = await send(s, 'hello');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    const at = world.clock.now();
    await deliver(world, s.talk, from('ann', 'said before it', { at: at - 10 * 60_000, backfill: true }));
    await deliver(world, s.talk, from('ann', 'said after it', { at: at + 1, backfill: true }));
    world.clock.advance(71 * HOUR);
    await deliver(world, s.talk, from('ann', 'in time'));
    world.clock.advance(2 * HOUR);
    await deliver(world, s.talk, from('ann', 'too late'));
    expect(await timeline(s)).toEqual(['in time', 'said after it', 'hello']);
    expect(await timeline(s, own)).toEqual(['too late', 'said before it']);
    expect((await conversation(s)).unread).toBe(1);
    expect((await conversation(s, own)).unread).toBe(1);
  });

  test('are to the user alone once they wrote to that person with another program', async () => {
    const s = await scene();
    const own = await ownOf(s, s.ann);
    world.script.send = async (seen) => ({ proof: 'sent', remoteId: `out-${seen.key}` });
    const { message } = await send(s, 'from here');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    world.clock.advance(1_000);
    const { from: _nobody, ...mine } = from('ann', 'from my phone', { to: { id: 'ann', address: 'ann' } });
    await deliver(world, s.talk, mine);
    await deliver(world, s.talk, from('ann', 'answering the phone'));
    await deliver(world, s.text, from('bob', 'answering the group'));
    expect(await timeline(s)).toEqual(['answering the group', 'from here']);
    expect(await timeline(s, own)).toEqual(['answering the phone', 'from my phone']);
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('belong to it only where it went: a step that was not needed says nothing', async () => {
    const s = await scene();
    const addresses = [{ kind: 'phone' as const, value: '+447700900222' }];
    await world.process.contacts.patch(s.userId, s.ann, { addresses });
    const route = { mode: 'fallback' as const, channels: ['im' as const, 'sms' as const] };
    const { message } = await world.messages.send(s.userId, s.group.id, { ...plain('by chat'), route });
    const failed = { failed: 1 };
    await stands(s, message.id, { status: 'sent', sent: 2, ...failed });
    world.clock.advance(1_000);
    const phone = { id: '+447700900222', address: '+447700900222' };
    await deliver(
      world,
      s.text,
      from('ann', 'by phone', { chat: { id: `with:${phone.id}`, kind: 'direct' }, from: phone }),
    );
    await deliver(world, s.talk, from('ann', 'by chat as well'));
    expect(await timeline(s)).toEqual(['by chat as well', 'by chat']);
  });

  test('of who is no member any more are to the user alone', async () => {
    const s = await scene();
    const { message } = await send(s, 'goodbye, Ann');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.bob, s.cleo] });
    await deliver(world, s.talk, from('ann', 'what have I done?'));
    expect(await timeline(s)).toEqual(['goodbye, Ann']);
    expect(await timeline(s, await ownOf(s, s.ann))).toEqual(['what have I done?']);
  });

  test('are moved to where they belong by hand', async () => {
    const s = await scene();
    const own = await ownOf(s, s.ann);
    const { message } = await send(s, 'to all');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.text, from('bob', 'fine'));
    world.clock.advance(1_000);
    await deliver(world, s.talk, from('ann', 'between us'));
    const [misplaced] = await messages(s);
    await world.prisma.message.update({ where: { id: misplaced!.id }, data: { mentioned: true } });
    await world.prisma.conversation.update({ where: { id: s.group.id }, data: { mentions: 1 } });
    const { groups } = world.process;
    expect(await groups.move(s.userId, misplaced!.id, own)).toMatchObject({ conversationId: own, text: 'between us' });
    expect(await timeline(s)).toEqual(['fine', 'to all']);
    expect(await timeline(s, own)).toEqual(['between us']);
    expect(await conversation(s)).toMatchObject({ unread: 1, mentions: 0, lastMessage: { text: 'fine' } });
    expect(await conversation(s, own)).toMatchObject({ unread: 1, mentions: 1, lastMessage: { text: 'between us' } });
    expect(await groups.move(s.userId, misplaced!.id, s.group.id)).toMatchObject({ conversationId: s.group.id });
    expect(await conversation(s)).toMatchObject({ unread: 2, lastMessage: { text: 'between us', senderName: 'Ann' } });
    expect(await conversation(s, own)).toMatchObject({ unread: 0, mentions: 0, lastMessage: null });
    const refused = (id: string, to: string) => expect(groups.move(s.userId, id, to)).rejects;
    await refused(misplaced!.id, await ownOf(s, s.bob)).toMatchObject({ code: 'not-their-group' });
    await refused(message.id, own).toMatchObject({ code: 'cannot-be-moved' });
    const other = await scene();
    await refused(misplaced!.id, other.group.id).toMatchObject({ kind: 'not-found' });
    await expect(groups.move(other.userId, misplaced!.id, other.group.id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('are read where they stand, and networks are told no more than that', async () => {
    const s = await scene();
    const own = await ownOf(s, s.ann);
    await deliver(world, s.talk, from('ann', 'before it, alone'));
    world.clock.advance(1_000);
    const { message } = await send(s, 'hello');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    world.clock.advance(1_000);
    await deliver(world, s.talk, from('ann', 'in the group'));
    await deliver(world, s.text, from('bob', 'me too'));
    const told = async (account: AccountRow) =>
      (await world.pool.query('SELECT read_remote_id FROM chats WHERE account_id = $1', [account.id])).rows[0]
        .read_remote_id;
    const all = await messages(s);
    const remote = async (id: string) =>
      (await world.pool.query('SELECT remote_id FROM messages WHERE id = $1', [id])).rows[0].remote_id;
    await world.process.conversations.patch(s.userId, s.group.id, { readMessageId: all[0]!.id });
    expect(await conversation(s)).toMatchObject({ unread: 0, readMessageId: all[0]!.id });
    expect((await conversation(s, own)).unread).toBe(1);
    expect(await told(s.text)).toBe(await remote(all[0]!.id));
    // What she said before, to the user alone, is unread: "read up to here" would say otherwise.
    expect(await told(s.talk)).toBeNull();
    const [alone] = await messages(s, own);
    await world.process.conversations.patch(s.userId, own, { readMessageId: alone!.id });
    expect((await conversation(s, own)).unread).toBe(0);
    expect(await told(s.talk)).toBe(await remote(alone!.id));
  });
});

describe('relay', () => {
  const sentOn = (words: string) => heard(words).map(({ account, chat }) => `${account} ${chat}`);

  test('sends each answer on to the others, once and named, and shows it once', async () => {
    const s = await scene({ relay: true });
    const { message } = await send(s, 'who comes?');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.talk, from('ann', 'I do'));
    await until(() => expect(sentOn('Ann: I do')).toHaveLength(2));
    expect(sentOn('Ann: I do').sort()).toEqual(
      [`${s.text.id} with:${ADDRESS.bob}`, `${s.post.id} with:${ADDRESS.cleo}`].sort(),
    );
    const [answer] = await messages(s);
    expect(answer).toMatchObject({ text: 'I do', sender: { name: 'Ann' }, direction: 'in' });
    await until(async () =>
      expect(await world.messages.get(s.userId, answer!.id)).toMatchObject({
        relayed: true,
        recipients: { total: 2, byStatus: { sent: 2 } },
      }),
    );
    expect(await recipients(s, answer!.id)).toEqual([
      ['Bob', 'sent', 'sms'],
      ['Cleo', 'sent', 'email'],
    ]);
    expect(await world.messages.deliveries(s.userId, answer!.id)).toMatchObject([
      { messageId: answer!.id },
      { messageId: answer!.id },
    ]);
    expect(await timeline(s)).toEqual(['I do', 'who comes?']);
    expect((await conversation(s)).lastMessage).toMatchObject({ text: 'I do', senderName: 'Ann' });
    const found = await world.messages.search(s.userId, { q: 'do', limit: 10 });
    expect(found.items.map((one) => one.text)).toEqual(['I do']);
    // An answer to what was sent on is one in the group, too.
    await deliver(world, s.text, from('bob', 'Then I come as well'));
    expect((await timeline(s))[0]).toBe('Then I come as well');
    await until(() => expect(sentOn('Bob: Then I come as well')).toHaveLength(2));
  });

  test('clients learn of it as of changes of the answer alone', async () => {
    const s = await scene({ relay: true });
    const context = { adapters: new Map(), setup: () => [], keeps: () => undefined, features: () => undefined };
    const changes = new ChangeLog(world.pool, world.prisma, {
      ...context,
      filesAsLinks: false,
      resting: () => undefined,
    });
    const { message } = await send(s, 'tell all');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    const { rev } = await changes.since(s.userId, 0, 10_000);
    await deliver(world, s.talk, from('ann', 'told'));
    await until(() => expect(sentOn('Ann: told')).toHaveLength(2));
    const [answer] = await messages(s);
    await until(async () => {
      const page = await changes.since(s.userId, rev, 10_000);
      const last = new Map(page.changes.map((change) => [`${change.kind} ${change.id}`, change]));
      expect([...last.values()].filter(({ kind, value }) => kind === 'message' && value === null)).toEqual([]);
      expect(last.get(`message ${answer!.id}`)?.value).toMatchObject({
        ...{ text: 'told', relayed: true, recipients: { total: 2, byStatus: { sent: 2 } } },
        rev: last.get(`message ${answer!.id}`)?.rev,
      });
      const deliveries = [...last.values()].filter(({ kind }) => kind === 'delivery');
      expect(deliveries.map(({ value }) => value && 'messageId' in value && value.messageId)).toEqual([
        answer!.id,
        answer!.id,
      ]);
      expect(last.get(`conversation ${s.group.id}`)?.value).toMatchObject({ unread: 1 });
    });
  });

  test('an answer that names what was sent on answers what the member said', async () => {
    const s = await scene({ relay: true });
    world.script.send = async (seen) => ({ proof: 'sent', remoteId: `out-${seen.key}` });
    const { message } = await send(s, 'when?');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.text, from('bob', 'at nine'));
    await until(() => expect(sentOn('Bob: at nine')).toHaveLength(2));
    const [nine] = await messages(s);
    const copy = world.script.seen.find((one) => one.text === 'Bob: at nine' && one.account === s.talk.id)!;
    await until(async () => {
      const { rows } = await world.pool.query('SELECT remote_id FROM deliveries WHERE id = $1', [copy.key]);
      expect(rows[0].remote_id).not.toBeNull();
    });
    await deliver(world, s.talk, from('ann', 'too early', { replyTo: `out-${copy.key}` }));
    expect((await messages(s))[0]).toMatchObject({ text: 'too early', replyTo: nine!.id });
    await deliver(world, s.talk, {
      ...{ type: 'reaction', chat: { id: 'with:ann', kind: 'direct' }, target: `out-${copy.key}` },
      ...{ from: { id: 'ann', address: 'ann', name: 'Ann' }, emoji: '👎', on: true, at: world.clock.now() },
    });
    expect((await messages(s))[1]?.reactions).toMatchObject([{ emoji: '👎', name: 'Ann' }]);
    world.script.send = async () => ({ proof: 'sent' });
  });

  test('is off unless it is asked for, and begins with what is said then', async () => {
    const s = await scene();
    const { message } = await send(s, 'silence');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.talk, from('ann', 'kept here'));
    world.clock.advance(1_000);
    await world.process.groups.patch(s.userId, s.group.id, { relay: true });
    world.clock.advance(10);
    await deliver(world, s.talk, from('ann', 'sent to all'));
    await until(() => expect(sentOn('Ann: sent to all')).toHaveLength(2));
    await world.process.groups.patch(s.userId, s.group.id, { relay: false });
    await deliver(world, s.talk, from('ann', 'kept again'));
    await world.process.relay.look();
    expect(sentOn('Ann: kept here')).toEqual([]);
    expect(sentOn('Ann: kept again')).toEqual([]);
  });

  test('goes on after a kill between the answer and its being sent on, and never twice', async () => {
    const s = await scene({ relay: true });
    const { message } = await send(s, 'hold on');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await world.process.relay.stop();
    await deliver(world, s.talk, from('ann', 'are you there?'));
    expect(sentOn('Ann: are you there?')).toEqual([]);
    await world.restart();
    await until(() => expect(sentOn('Ann: are you there?')).toHaveLength(2));
    for (let again = 0; again < 3; again += 1) await world.process.relay.look();
    await world.restart();
    const { rows } = await world.pool.query(
      `SELECT count(*) FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE m.group_id = $1 AND m.relay_of IS NOT NULL`,
      [s.group.id],
    );
    expect(rows[0].count).toBe(2);
    expect(sentOn('Ann: are you there?')).toHaveLength(2);
  });

  test('programs do not get into a loop: notices stay here, and so does what comes back of what was sent on', async () => {
    const s = await scene({ relay: true });
    const { message } = await send(s, 'on holiday?');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.post, from('cleo', 'I am out of office', { format: 'notice' }));
    await deliver(world, s.talk, from('ann', 'yes'));
    await until(() => expect(sentOn('Ann: yes')).toHaveLength(2));
    world.clock.advance(10);
    await deliver(world, s.text, from('bob', 'Robin: Ann: yes'));
    await deliver(world, s.text, from('bob', 'not I'));
    await until(() => expect(sentOn('Bob: not I')).toHaveLength(2));
    expect(sentOn('Cleo: I am out of office')).toEqual([]);
    expect(sentOn('Bob: Robin: Ann: yes')).toEqual([]);
    expect(await timeline(s)).toContain('I am out of office');
  });

  test('who cannot be reached is counted; where that is everybody, it is not tried for ever', async () => {
    const s = await scene({ relay: true });
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.ann, s.dan] });
    const { message } = await send(s, 'just us');
    await stands(s, message.id, { status: 'sent', sent: 1, failed: 1 });
    await deliver(world, s.talk, from('ann', 'and Dan'));
    const [answer] = await messages(s);
    await until(async () => expect(await recipients(s, answer!.id)).toEqual([['Dan', 'failed', undefined]]));
    await world.process.relay.look();
    expect(sentOn('Ann: and Dan')).toEqual([]);
  });

  test('files go along', async () => {
    const s = await scene({ relay: true });
    await world.process.groups.patch(s.userId, s.group.id, { contactIds: [s.ann, s.cleo] });
    const { message } = await send(s, 'pictures?');
    await stands(s, message.id, { status: 'sent', sent: 2 });
    const file = { name: 'a.txt', type: 'text/plain', size: 2, content: new TextEncoder().encode('hi') };
    await deliver(world, s.talk, from('ann', 'here', { attachments: [file] }));
    await until(() => expect(sentOn('Ann: here')).toHaveLength(1));
    const [copy] = heard('Ann: here');
    expect(copy?.message.attachments.map(({ name }) => name)).toEqual(['a.txt']);
  });
});

describe('deleting a group', () => {
  test('takes its history along, cancels what waits, and leaves people and their own conversations', async () => {
    const s = await scene({ relay: true });
    const own = await ownOf(s, s.ann);
    await send(s, 'kept', own);
    const { message } = await send(s, 'to be forgotten');
    await stands(s, message.id, { status: 'sent', sent: 3 });
    await deliver(world, s.talk, from('ann', 'forgotten as well'));
    const later = await world.messages.send(s.userId, s.group.id, {
      ...plain('never sent'),
      sendAt: new Date(world.clock.now() + HOUR).toISOString(),
    });
    await world.process.groups.remove(s.userId, s.group.id);
    await expect(conversation(s)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(timeline(s)).rejects.toMatchObject({ kind: 'not-found' });
    const { items } = await world.process.conversations.list(s.userId, { limit: 50 });
    expect(items.map(({ id }) => id)).not.toContain(s.group.id);
    const found = await world.messages.search(s.userId, { q: 'forgotten', limit: 10 });
    expect(found.items).toEqual([]);
    expect((await world.messages.get(s.userId, message.id)).text).toBe('');
    expect((await world.messages.get(s.userId, later.message.id)).status).toBe('cancelled');
    await deliver(world, s.talk, from('ann', 'hello?'));
    expect(await timeline(s, own)).toEqual(['hello?', 'kept']);
    expect(await world.process.contacts.get(s.userId, s.bob)).toMatchObject({ name: 'Bob' });
  });
});
