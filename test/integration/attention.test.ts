import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver, makeAccount, makeUser, reach, startWorld, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let made = 0;
/** A room on one account, where others speak. */
async function room(kind: 'group' | 'direct' = 'group') {
  const userId = await makeUser(world.prisma);
  await world.prisma.user.update({ where: { id: userId }, data: { name: 'Robin Hood' } });
  const account = await makeAccount(world, userId, 'talk');
  const chat = { id: kind === 'group' ? '#team' : 'with:bob', kind, name: 'team' };
  const says = async (text: string, more: object = {}): Promise<string> => {
    const id = `m${++made}`;
    const from = { id: 'bob', address: 'bob', name: 'Bob' };
    await deliver(world, account, { type: 'message', chat, id, from, text, format: 'plain', at: Date.now(), ...more });
    return id;
  };
  await says('hello all');
  const conversation = async () => (await world.process.conversations.list(userId, { limit: 5 })).items[0]!;
  const { id } = await conversation();
  const messages = async () => (await world.messages.timeline(userId, id, { limit: 50 })).items;
  return { userId, account, chat, id, says, conversation, messages };
}

const file = { name: 'a.txt', type: 'text/plain', content: Buffer.from('a') };

test('what names the user is marked and counted, by both ways in, until it is read', async () => {
  const { userId, id, says, conversation, messages } = await room();
  await says('Robin, are you there?');
  await says('look, @robin', { attachments: [file] });
  await says('nobody in particular');
  await says('robin, from long ago', { backfill: true });
  expect(await conversation()).toMatchObject({ unread: 4, mentions: 2 });
  const found = (await messages()).filter(({ mentioned }) => mentioned).map(({ text }) => text);
  expect(found.sort()).toEqual(['Robin, are you there?', 'look, @robin', 'robin, from long ago']);
  const upTo = (text: string, items: Awaited<ReturnType<typeof messages>>) =>
    items.find((item) => item.text === text)!.id;
  const read = upTo('Robin, are you there?', await messages());
  await world.process.conversations.patch(userId, id, { readMessageId: read });
  expect((await conversation()).mentions).toBeLessThan(2);
  const last = upTo('nobody in particular', await messages());
  await world.process.conversations.patch(userId, id, { readMessageId: last });
  expect(await conversation()).toMatchObject({ mentions: 0 });
});

test('an answer to the user counts as a mention', async () => {
  const { userId, says, id, conversation } = await room();
  world.script.send = async ({ key }) => ({ remoteId: `r-${key}`, proof: 'sent' });
  const { message } = await world.messages.send(userId, id, {
    text: 'What do you think?',
    format: 'plain',
    attachments: [],
  });
  const delivery = (await world.messages.deliveries(userId, message.id))[0]!;
  await reach(world, message, 'sent');
  await says('I agree', { replyTo: `r-${delivery.id}` });
  expect((await conversation()).mentions).toBe(1);
});

test('between two a name is no mention', async () => {
  const { says, conversation } = await room('direct');
  await says('Robin, hello');
  expect(await conversation()).toMatchObject({ mentions: 0 });
});

test('marked unread until it is read; level and snooze are kept', async () => {
  const { userId, id, conversation, messages } = await room();
  type Change = Parameters<typeof world.process.conversations.patch>[2];
  const change = (body: Change) => world.process.conversations.patch(userId, id, body);
  const newest = (await messages())[0]!.id;
  await change({ readMessageId: newest });
  expect(await change({ markedUnread: true })).toMatchObject({ unread: 0, markedUnread: true });
  expect(await change({ readMessageId: newest })).toMatchObject({ markedUnread: false });
  const until = '2030-01-01T08:00:00.000Z';
  await change({ notify: 'mentions', snoozedUntil: until });
  expect(await conversation()).toMatchObject({ notify: 'mentions', snoozedUntil: until });
  await change({ notify: null, snoozedUntil: null });
  expect(await conversation()).toMatchObject({ notify: null, snoozedUntil: null });
});

test('what is archived comes back with a new message', async () => {
  const { userId, id, says, conversation } = await room();
  await world.process.conversations.patch(userId, id, { archived: true });
  await says('one more');
  expect(await conversation()).toMatchObject({ archived: false });
});
