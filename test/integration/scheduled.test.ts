import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageView } from '../../src/core/views.js';
import { makeAccount, makeUser, open, plain, reach, startWorld, statuses, type World } from '../support/sending.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

async function alone(network = 'talk') {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, network);
  const { chatId, conversationId } = await open(world, account, 'bob');
  const send = async (text: string, more: object = {}) =>
    (await world.messages.send(userId, conversationId, { ...plain(text), ...more })).message;
  const conversation = () => world.process.conversations.get(userId, conversationId);
  const timeline = async () => (await world.messages.timeline(userId, conversationId, { limit: 50 })).items;
  const scheduled = async () => (await world.messages.scheduled(userId, { limit: 50 })).items;
  const edit = (message: MessageView, change: object) =>
    world.messages.edit(userId, message.id, { format: 'plain', ...change });
  return { userId, account, chatId, conversationId, send, conversation, timeline, scheduled, edit };
}

const inTime = (ms: number) => new Date(world.clock.now() + ms).toISOString();
const texts = (messages: MessageView[]) => messages.map(({ text }) => text);
const refused = (code: string) => expect.objectContaining({ code });

describe('a message for later', () => {
  test('is listed, the next one first, and shown in its conversation; it goes once, over restarts', async () => {
    const { userId, send, scheduled, timeline, conversation } = await alone();
    await send('now');
    const late = await send('late', { sendAt: inTime(2 * HOUR) });
    const soon = await send('soon', { sendAt: inTime(HOUR) });
    expect(texts(await scheduled())).toEqual(['soon', 'late']);
    expect(texts(await timeline())).toEqual(['late', 'soon', 'now']);
    expect((await conversation()).lastMessage?.text).toBe('now');
    const first = await world.messages.scheduled(userId, { limit: 1 });
    expect(texts(first.items)).toEqual(['soon']);
    expect(texts((await world.messages.scheduled(userId, { limit: 5, cursor: first.nextCursor! })).items)).toEqual([
      'late',
    ]);
    await world.restart();
    world.clock.advance(HOUR + 1_000);
    await reach(world, soon, 'sent');
    expect(await statuses(world.pool, late.id)).toEqual(['queued']);
    expect(texts(await scheduled())).toEqual(['late']);
    expect((await conversation()).lastMessage?.text).toBe('soon');
    await world.restart();
    world.clock.advance(HOUR + 1_000);
    await reach(world, late, 'sent');
    expect(world.script.texts().filter((text) => text !== 'now')).toEqual(['soon', 'late']);
    expect(await scheduled()).toEqual([]);
  });

  test('is changed: words, subject and time; all that hangs on the time moves with it', async () => {
    const { userId, edit, send, scheduled } = await alone();
    const message = await send('tpyo', { sendAt: inTime(HOUR) });
    const before = (await world.messages.deliveries(userId, message.id))[0]!;
    const at = inTime(3 * HOUR);
    const changed = await edit(message, { text: 'typo', subject: 'A word', sendAt: at });
    expect(changed).toMatchObject({ text: 'typo', sentAt: at, status: 'queued' });
    expect(changed.editedAt).toBeUndefined();
    const { rows } = await world.pool.query(
      'SELECT due_at, message_at, expires_at, (SELECT subject FROM messages WHERE id = message_id) FROM deliveries WHERE message_id = $1',
      [message.id],
    );
    expect(rows).toEqual([
      {
        due_at: new Date(at),
        message_at: new Date(at),
        expires_at: new Date(Date.parse(at) + 24 * HOUR),
        subject: 'A word',
      },
    ]);
    expect(before.dueAt).not.toBe(at);
    expect((await edit(message, { subject: null })).sentAt).toBe(at);
    world.clock.advance(2 * HOUR);
    expect(world.script.texts()).toEqual([]);
    expect(texts(await scheduled())).toEqual(['typo']);
    world.clock.advance(HOUR + 1_000);
    await reach(world, message, 'sent');
    expect(world.script.texts()).toEqual(['typo']);
    expect(world.script.seen[0]?.message.subject).toBeUndefined();
  });

  test('goes now, where its time is now or has passed, and is the last of its conversation', async () => {
    const { edit, send, conversation } = await alone();
    const one = await send('one', { sendAt: inTime(HOUR) });
    const two = await send('two', { sendAt: inTime(2 * HOUR) });
    expect((await edit(one, { sendAt: inTime(0) })).sentAt).toBe(new Date(world.clock.now()).toISOString());
    await reach(world, one, 'sent');
    expect((await conversation()).lastMessage?.text).toBe('one');
    world.clock.advance(1_000);
    await edit(two, { sendAt: inTime(-HOUR) });
    await reach(world, two, 'sent');
    expect((await conversation()).lastMessage?.text).toBe('two');
    expect(world.script.texts()).toEqual(['one', 'two']);
  });

  test('the steps of a fallback keep their distance', async () => {
    const userId = await makeUser(world.prisma);
    const talk = await makeAccount(world, userId, 'talk');
    await makeAccount(world, userId, 'post');
    const contact = await world.process.contacts.create(userId, {
      name: 'Anna',
      buddies: [{ accountId: talk.id, address: 'anna' }],
      addresses: [{ kind: 'email', value: 'anna@example.org' }],
    });
    const route = { mode: 'fallback', channels: ['im', 'email'], unless: 'read', within: 'PT10M' } as const;
    const { message } = await world.messages.send(userId, contact.conversationId!, {
      ...plain('steps'),
      route: { ...route, channels: [...route.channels] },
      sendAt: inTime(HOUR),
    });
    const at = world.clock.now() + 5 * HOUR;
    await world.messages.edit(userId, message.id, { format: 'plain', sendAt: new Date(at).toISOString() });
    const due = (await world.messages.deliveries(userId, message.id)).map(({ dueAt }) => Date.parse(dueAt!) - at);
    expect(due).toEqual([0, 10 * MINUTE]);
  });

  test('is cancelled: it stays with its words, at the time it was cancelled', async () => {
    const { userId, send, timeline, scheduled } = await alone();
    const message = await send('not yet', { sendAt: inTime(HOUR) });
    expect(await world.messages.remove(userId, message.id)).toMatchObject({ text: 'not yet', status: 'cancelled' });
    expect(await scheduled()).toEqual([]);
    expect(await timeline()).toMatchObject([
      { text: 'not yet', status: 'cancelled', sentAt: new Date(world.clock.now()).toISOString() },
    ]);
    world.clock.advance(2 * HOUR);
    expect(world.script.texts()).toEqual([]);
  });

  test('that is being sent, or is out, is not changed any more', async () => {
    const { userId, send, edit } = await alone();
    let answer: () => void = () => {};
    world.script.send = () => new Promise((resolve) => (answer = () => resolve({ proof: 'sent' })));
    const message = await send('off', { sendAt: inTime(MINUTE) });
    world.clock.advance(MINUTE + 1_000);
    await reach(world, message, 'sending');
    await expect(edit(message, { sendAt: inTime(HOUR) })).rejects.toEqual(refused('being-sent'));
    await expect(world.messages.remove(userId, message.id)).rejects.toEqual(refused('being-sent'));
    answer();
    await reach(world, message, 'sent');
    await expect(edit(message, { sendAt: inTime(HOUR) })).rejects.toEqual(refused('not-waiting'));
    await expect(edit(message, { subject: 'x' })).rejects.toEqual(refused('not-waiting'));
  });

  test('whatever the drain and a change do at the same moment, one message goes, old or new and whole', async () => {
    const { send, edit } = await alone();
    for (let round = 0; round < 15; round += 1) {
      world.script.seen.length = 0;
      const message = await send('old', { sendAt: inTime(MINUTE) });
      if (round % 2 === 0) world.clock.advance(MINUTE + 1);
      const change = edit(message, { text: 'new', subject: 'new', sendAt: inTime(0) }).then(
        () => 'new',
        (error) => (['being-sent', 'not-waiting'].includes(error.code) ? 'old' : Promise.reject(error)),
      );
      if (round % 2 === 1) world.clock.advance(MINUTE + 1);
      const expected = await change;
      await reach(world, message, 'sent');
      expect(world.script.seen).toHaveLength(1);
      expect(world.script.texts()).toEqual([expected]);
    }
  });

  test('of somebody else is unknown', async () => {
    const { send, edit } = await alone();
    const message = await send('mine', { sendAt: inTime(HOUR) });
    const other = await alone();
    await expect(other.edit(message, { sendAt: inTime(0) })).rejects.toMatchObject({ kind: 'not-found' });
    expect(await other.scheduled()).toEqual([]);
    expect(await edit(message, { text: 'still' })).toMatchObject({ text: 'still' });
  });
});
