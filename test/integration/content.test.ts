import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { deliver, makeAccount, makeUser, plain, reach, startWorld, type World } from '../support/sending.js';

/** What each channel gets of a message, over the real services; only the networks are scripted. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ linkBase: 'https://parley.example' });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.changes.length = 0;
  world.script.send = async ({ key }) => ({ proof: 'sent', remoteId: `r-${key}` });
});

async function someone(name: string, address = 'ann') {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const text = await makeAccount(world, userId, 'text');
  const contact = await world.process.contacts.create(userId, {
    name,
    buddies: [{ accountId: talk.id, address }],
    addresses: [{ kind: 'phone', value: '+4915112345678' }],
  });
  return { userId, talk, text, contact, conversationId: contact.conversationId! };
}

test('a message to one person is filled in as it is accepted, and a name is never looked at again', async () => {
  const { userId, conversationId } = await someone('{{name}} \\{{x}} <b>');
  const { message } = await world.messages.send(userId, conversationId, {
    ...plain('Hi **{{name}}**'),
    format: 'markdown',
  });
  expect(message.text).toBe('Hi {{name}} \\{{x}} <b>');
  expect(message.html).toBe('<p>Hi <strong>{{name}} \\{{x}} &lt;b&gt;</strong></p>');
  await reach(world, message, 'sent');
  expect(world.script.seen[0]!.message).toMatchObject({ text: message.text, html: message.html });
});

test('of one message to many each gets their own name, and a room has nobody to name', async () => {
  const { userId, talk, contact } = await someone('Ann Smith');
  const bob = await world.process.contacts.create(userId, {
    name: 'Bob',
    buddies: [{ accountId: talk.id, address: 'bob' }],
    addresses: [],
  });
  const messages = await world.messages.sendMany(userId, { to: [contact.id, bob.id], text: 'Hi {{firstName}}' });
  for (const message of messages) await reach(world, message, 'sent');
  expect(messages.map(({ text }) => text)).toEqual(['Hi Ann', 'Hi Bob']);
  const refused = world.messages.sendMany(userId, { to: [contact.id], text: 'Hi {{fristName}}' });
  await expect(refused).rejects.toMatchObject({ code: 'unknown-placeholder', fields: { text: expect.anything() } });
  const rich = await makeAccount(world, userId, 'rich');
  const room = await world.process.conversations.openChat(userId, { accountId: rich.id, join: '#room' });
  const { message } = await world.messages.send(userId, room.conversation.id, plain('Write {{name}}'));
  expect(message.text).toBe('Write {{name}}');
});

test('each channel has its own words, also where it is the fallback', async () => {
  const { userId, conversationId } = await someone('Ann');
  world.script.send = async ({ message }) => {
    if (message.text.startsWith('By chat')) throw new Error('nobody knows');
    return { proof: 'sent' };
  };
  const { message } = await world.messages.send(userId, conversationId, {
    ...plain('Hello'),
    variants: { im: { text: 'By chat, {{name}}' }, sms: { text: 'By SMS, {{name}}' } },
    route: { mode: 'fallback', channels: ['im', 'sms'], unless: 'delivered', within: 'PT1M' },
  });
  expect(message.text).toBe('Hello');
  await vi.waitFor(async () => {
    world.clock.advance(5_000);
    expect(world.script.texts()).toEqual(['By chat, Ann', 'By SMS, Ann']);
  }, 10_000);
});

test('what was said elsewhere is quoted, what was said there is pointed to', async () => {
  const { userId, talk, text, conversationId } = await someone('Ann');
  await deliver(world, talk, {
    ...{ type: 'message', chat: { id: 'with:ann', kind: 'direct' }, id: 'q1', from: { id: 'ann', address: 'ann' } },
    ...{ text: 'Is the\nparcel there?', format: 'plain', at: world.clock.now() },
  });
  const { items } = await world.messages.timeline(userId, conversationId, { limit: 5 });
  const replyTo = items[0]!.id;
  for (const [via, expected] of [
    [text.id, [`> ${items[0]!.sender.name}: Is the parcel there?\nYes`, undefined]],
    [talk.id, ['Yes', 'q1']],
  ] as const) {
    const { message } = await world.messages.send(userId, conversationId, { ...plain('Yes'), replyTo, via });
    await reach(world, message, 'sent');
    const { text: words, replyTo: pointer } = world.script.seen.at(-1)!.message;
    expect([words, pointer?.remoteId]).toEqual(expected);
    expect(message.text).toBe('Yes');
  }
});

test('an edit of what a group got speaks of each of them', async () => {
  const { userId, talk, contact } = await someone('Ann');
  const bob = await world.process.contacts.create(userId, {
    name: 'Bob',
    buddies: [{ accountId: talk.id, address: 'bob' }],
    addresses: [],
  });
  const group = await world.process.groups.create(userId, {
    name: 'Us',
    contactIds: [contact.id, bob.id],
    relay: false,
  });
  const { message } = await world.messages.send(userId, group.id, plain('Hi {{name}}'));
  await reach(world, message, 'sent', 'sent');
  expect(world.script.texts().sort()).toEqual(['Hi Ann', 'Hi Bob']);
  await world.messages.edit(userId, message.id, { text: 'Bye {{name}}', format: 'plain' });
  expect(world.script.changes.map((line) => line.replace(/r-\S+/, '…')).sort()).toEqual([
    'edit … Bye Ann',
    'edit … Bye Bob',
  ]);
});

test('a file to a channel without files, in a message that says nothing else, and its size in the check', async () => {
  const { userId, conversationId } = await someone('Ann');
  const file = await world.attachments.put(userId, {
    name: `${'n'.repeat(100)}.pdf`,
    type: 'application/pdf',
    content: (async function* () {
      yield Buffer.alloc(1_500);
    })(),
  });
  const route = { mode: 'first' as const, channels: ['sms' as const] };
  const { message } = await world.messages.send(userId, conversationId, {
    ...plain(''),
    attachments: [file.id],
    route,
  });
  await reach(world, message, 'sent');
  expect(world.script.texts()[0]).toMatch(/^n+\.\.\.n+\.pdf \(1\.5 kB\): https:\/\/parley\.example\/f\/\S+$/);
  const tooLong = { ...plain('x'.repeat(60)), attachments: [file.id], route };
  await expect(world.messages.send(userId, conversationId, tooLong)).rejects.toMatchObject({ code: 'text-too-long' });
});
