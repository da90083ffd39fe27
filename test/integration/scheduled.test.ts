import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageView } from '../../src/core/views.js';
import { makeAccount, makeUser, plain, reach, startWorld, statuses, until, type World } from '../support/sending.js';
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
  world.script.send = async () => ({ proof: 'sent' });
});

async function alone(network = 'talk') {
  const one = await withBob(world, network);
  const { userId } = one;
  const scheduled = async () => (await world.messages.scheduled(userId, { limit: 50 })).items;
  const edit = (message: MessageView, change: object) =>
    world.messages.edit(userId, message.id, { format: 'plain', ...change });
  return { ...one, scheduled, edit };
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

describe('sending that can be undone', () => {
  test('shows at once and waits; then it goes, once', async () => {
    const { send, timeline, conversation, scheduled } = await alone();
    const message = await send('oops', { undo: 'PT10S' });
    expect(message).toMatchObject({ status: 'queued', undoUntil: inTime(10_000) });
    expect(texts(await timeline())).toEqual(['oops']);
    expect((await conversation()).lastMessage?.text).toBe('oops');
    expect(await scheduled()).toEqual([]);
    world.clock.advance(9_000);
    expect(world.script.texts()).toEqual([]);
    await world.restart();
    world.clock.advance(1_500);
    await reach(world, message, 'sent');
    expect(world.script.texts()).toEqual(['oops']);
  });

  test('undone, it was never there: its words are answered, and the one before is the last again', async () => {
    const { userId, send, timeline, conversation } = await alone();
    const before = await send('before');
    await reach(world, before, 'sent');
    world.clock.advance(1_000);
    const message = await send('oops', { undo: 'PT10S' });
    world.clock.advance(5_000);
    expect(await world.messages.remove(userId, message.id)).toMatchObject({ text: 'oops', status: 'cancelled' });
    expect(texts(await timeline())).toEqual(['before']);
    expect((await conversation()).lastMessage?.text).toBe('before');
    await expect(world.messages.get(userId, message.id)).rejects.toMatchObject({ kind: 'not-found' });
    world.clock.advance(HOUR);
    expect(world.script.texts()).toEqual(['before']);
    const first = await alone();
    await world.messages.remove(first.userId, (await first.send('only', { undo: 'PT10S' })).id);
    expect((await first.conversation()).lastMessage).toBeNull();
    expect(await first.timeline()).toEqual([]);
  });

  test('undone in a group, nobody of it got it', async () => {
    const userId = await makeUser(world.prisma);
    const talk = await makeAccount(world, userId, 'talk');
    const make = async (name: string) => {
      const buddies = [{ accountId: talk.id, address: name }];
      return (await world.process.contacts.create(userId, { name, buddies, addresses: [] })).id;
    };
    const contactIds = [await make('ann'), await make('bea')];
    const group = await world.process.groups.create(userId, { name: 'Weekend', contactIds, relay: false });
    const send = async (text: string) =>
      (await world.messages.send(userId, group.id, { ...plain(text), undo: 'PT10S' })).message;
    const [oops, stays] = [await send('oops'), await send('stays')];
    await world.messages.remove(userId, oops.id);
    expect(texts((await world.messages.timeline(userId, group.id, { limit: 9 })).items)).toEqual(['stays']);
    world.clock.advance(11_000);
    await reach(world, stays, 'sent', 'sent');
    expect(world.script.texts()).toEqual(['stays', 'stays']);
    const last = await send('last');
    await world.messages.remove(userId, last.id);
    expect((await world.process.conversations.get(userId, group.id)).lastMessage?.text).toBe('stays');
  });

  test('sent now, it does not wait, and stays where it stands', async () => {
    const { send, edit } = await alone();
    const message = await send('go', { undo: 'PT60S' });
    world.clock.advance(2_000);
    const changed = await edit(message, { sendAt: inTime(0) });
    expect(changed.sentAt).toBe(message.sentAt);
    expect(changed.undoUntil).toBeUndefined();
    await reach(world, message, 'sent');
  });

  test('put off, it is scheduled', async () => {
    const { send, edit, scheduled, conversation } = await alone();
    const message = await send('later', { undo: 'PT60S' });
    await edit(message, { sendAt: inTime(HOUR) });
    expect(texts(await scheduled())).toEqual(['later']);
    expect((await conversation()).lastMessage).toBeNull();
    world.clock.advance(HOUR + 1_000);
    await reach(world, message, 'sent');
  });

  test('is not too late by chance: it is either taken back or sent', async () => {
    const { userId, send } = await alone();
    for (let round = 0; round < 15; round += 1) {
      world.script.seen.length = 0;
      const message = await send('oops', { undo: 'PT10S' });
      if (round % 3 > 0) world.clock.advance(10_001);
      const undone = world.messages.remove(userId, message.id).then(
        ({ status }) => status === 'cancelled',
        () => false,
      );
      if (round % 3 === 0) world.clock.advance(10_001);
      const taken = await undone;
      await until(async () => {
        const [status] = await statuses(world.pool, message.id);
        if (status === 'queued' || status === 'sending') throw new Error('not settled');
      });
      expect(world.script.texts()).toEqual(taken ? [] : ['oops']);
    }
  });

  test('what it does not take is refused', async () => {
    const { send } = await alone();
    await expect(send('x', { undo: 'PT61S' })).rejects.toMatchObject({
      kind: 'invalid',
      fields: { undo: expect.anything() },
    });
  });
});

describe('a message that expires', () => {
  test('fails at its time, and says so', async () => {
    const userId = await makeUser(world.prisma);
    const account = await makeAccount(world, userId, 'talk', { offline: true });
    const contact = await world.process.contacts.create(userId, {
      name: 'Anna',
      buddies: [{ accountId: account.id, address: 'anna' }],
      addresses: [],
    });
    const { message } = await world.messages.send(userId, contact.conversationId!, {
      ...plain('now or never'),
      expiresIn: 'PT5M',
    });
    world.clock.advance(5 * MINUTE - 6_000);
    expect(await statuses(world.pool, message.id)).toEqual(['queued']);
    await until(async () => {
      world.clock.advance(6_000);
      expect(await statuses(world.pool, message.id)).toEqual(['failed']);
    });
    const [delivery] = await world.messages.deliveries(userId, message.id);
    expect(delivery?.reason).toMatch(/^It could not be sent within 5 minutes: /);
  });
});
