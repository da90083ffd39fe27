import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/sdk/index.js';
import { deliver, makeAccount, makeUser, open, plain, reach, startWorld, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const from = (address: string, text: string, at: number): Event => ({
  ...{ type: 'message', chat: { id: `with:${address}`, kind: 'direct' }, id: `${address} ${text}` },
  ...{ from: { id: address, address }, text, format: 'plain', at },
});

test('pages newest first through all chats of a person, by remote time, each message once', async () => {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const post = await makeAccount(world, userId, 'post');
  const start = world.clock.now() - 1_000_000;
  const mails = Array.from({ length: 30 }, (_, n) => from('ann@example.org', `mail ${n}`, start + n * 2000));
  const chats = Array.from({ length: 30 }, (_, n) => from('ann', `chat ${n}`, start + n * 2000 + 1000));
  await deliver(world, post, ...mails);
  await deliver(world, talk, ...chats);
  // Older than all, but last to come: history is in time order whatever order it came in.
  await deliver(world, post, from('ann@example.org', 'forgotten', start - 5000));
  const { items: contacts } = await world.process.contacts.list(userId, { limit: 10 });
  const [one, two] = contacts;
  await world.process.contacts.merge(userId, one!.id, two!.id);
  const conversationId = (await world.process.contacts.get(userId, one!.id)).conversationId!;
  const route = { mode: 'all' as const, channels: ['im' as const, 'email' as const] };
  const { message } = await world.messages.send(userId, conversationId, { ...plain('to both'), route });
  await reach(world, message, 'sent', 'sent');

  const seen: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await world.messages.timeline(userId, conversationId, {
      limit: 7,
      ...(before === undefined ? {} : { before }),
    });
    seen.push(...page.items.map((item) => item.text));
    if (page.nextCursor === null) break;
    before = page.nextCursor;
    expect(page.items).toHaveLength(7);
  }
  const expected = Array.from({ length: 30 }, (_, n) => [`chat ${29 - n}`, `mail ${29 - n}`]).flat();
  expect(seen).toEqual(['to both', ...expected, 'forgotten']);
});

test('messages of one moment keep one order over pages', async () => {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, talk, 'bob');
  const at = world.clock.now() - 1000;
  await deliver(world, talk, ...Array.from({ length: 9 }, (_, n) => from('bob', `same ${n}`, at)));
  const whole = await world.messages.timeline(userId, conversationId, { limit: 50 });
  expect(whole.items.map((item) => item.text)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `same ${n}`));
  expect(whole.nextCursor).toBeNull();
  const first = await world.messages.timeline(userId, conversationId, { limit: 4 });
  const second = await world.messages.timeline(userId, conversationId, { limit: 5, before: first.nextCursor! });
  expect([...first.items, ...second.items].map((item) => item.id)).toEqual(whole.items.map((item) => item.id));
  expect(second.nextCursor).toBeNull();
});

test('after a split, what went to both people is in both timelines, and the rest where it was said', async () => {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const post = await makeAccount(world, userId, 'post');
  const at = world.clock.now() - 10_000;
  await deliver(world, talk, from('carl', 'by chat', at));
  await deliver(world, post, from('carl@example.org', 'by mail', at + 1));
  const { items } = await world.process.contacts.list(userId, { limit: 10 });
  const chat = items.find((contact) => contact.name === 'carl')!;
  const mail = items.find((contact) => contact.name !== 'carl')!;
  await world.process.contacts.merge(userId, chat.id, mail.id);
  const merged = (await world.process.contacts.get(userId, chat.id)).conversationId!;
  const route = { mode: 'all' as const, channels: ['im' as const, 'email' as const] };
  const { message } = await world.messages.send(userId, merged, { ...plain('to both'), route });
  await reach(world, message, 'sent', 'sent');
  const apart = await world.process.contacts.split(userId, chat.id, mail.buddies[0]!.id);
  const texts = async (id: string) =>
    (await world.messages.timeline(userId, id, { limit: 10 })).items.map((item) => item.text);
  expect(await texts(merged)).toEqual(['to both', 'by chat']);
  expect(await texts(apart.conversationId!)).toEqual(['to both', 'by mail']);
});
