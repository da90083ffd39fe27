import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deliver,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  said,
  startWorld,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('pages newest first through all chats of a person, by remote time, each message once', async () => {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const post = await makeAccount(world, userId, 'post');
  const start = world.clock.now() - 1_000_000;
  const mails = Array.from({ length: 30 }, (_, n) => said('ann@example.org', `mail ${n}`, start + n * 2000));
  const chats = Array.from({ length: 30 }, (_, n) => said('ann', `chat ${n}`, start + n * 2000 + 1000));
  await deliver(world, post, ...mails);
  await deliver(world, talk, ...chats);
  // Older than all, but last to come: history is in time order whatever order it came in.
  await deliver(world, post, said('ann@example.org', 'forgotten', start - 5000));
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
  await deliver(world, talk, ...Array.from({ length: 9 }, (_, n) => said('bob', `same ${n}`, at)));
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
  await deliver(world, talk, said('carl', 'by chat', at));
  await deliver(world, post, said('carl@example.org', 'by mail', at + 1));
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

test('pages lead both ways, and begin around a message or a moment', async () => {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, talk, 'dora');
  const start = world.clock.now() - 1_000_000;
  const lines = Array.from({ length: 40 }, (_, n) => said('dora', `line ${n}`, start + n * 1000));
  await deliver(world, talk, ...lines);
  const read = async (request: Parameters<typeof world.messages.timeline>[2]) => {
    const page = await world.messages.timeline(userId, conversationId, request);
    return { page, lines: page.items.map((item) => Number(item.text.slice('line '.length))) };
  };
  const down = (high: number, low: number) => Array.from({ length: high - low + 1 }, (_, n) => high - n);

  const newest = await read({ limit: 10 });
  expect([newest.lines, newest.page.newerCursor]).toEqual([down(39, 30), null]);
  const older = await read({ limit: 10, before: newest.page.nextCursor! });
  expect(older.lines).toEqual(down(29, 20));
  expect(older.page.newerCursor).toBe(older.page.items[0]!.id);

  const middle = older.page.items.find((item) => item.text === 'line 20')!;
  const around = await read({ limit: 10, around: middle.id });
  expect(around.lines).toEqual(down(24, 15));
  const after = await read({ limit: 10, after: around.page.newerCursor! });
  expect(after.lines).toEqual(down(34, 25));
  const last = await read({ limit: 10, after: after.page.newerCursor! });
  expect([last.lines, last.page.newerCursor]).toEqual([down(39, 35), null]);
  expect((await read({ limit: 10, before: around.page.nextCursor! })).lines).toEqual(down(14, 5));

  const at = new Date(start + 20_000).toISOString();
  expect((await read({ limit: 10, at })).lines).toEqual(down(24, 15));
  const early = await read({ limit: 10, at: new Date(start - 5000).toISOString() });
  expect([early.lines, early.page.nextCursor]).toEqual([down(9, 0), null]);
  const late = await read({ limit: 10, at: new Date(start + 900_000).toISOString() });
  expect([late.lines, late.page.newerCursor]).toEqual([down(39, 30), null]);
});

test('a thread has what was said in it, and not what began it', async () => {
  const userId = await makeUser(world.prisma);
  const stranger = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, talk, 'edda');
  const at = world.clock.now() - 100_000;
  const root = 'edda root';
  const inThread = (n: number) => ({ ...said('edda', `reply ${n}`, at + n * 1000), thread: root });
  await deliver(world, talk, said('edda', 'root', at), said('edda', 'aside', at + 500), ...[1, 2, 3].map(inThread));
  const { items } = await world.messages.timeline(userId, conversationId, { limit: 10 });
  const began = items.find((item) => item.text === 'root')!;
  const first = await world.messages.thread(userId, began.id, { limit: 2 });
  expect(first.items.map((item) => item.text)).toEqual(['reply 3', 'reply 2']);
  const second = await world.messages.thread(userId, began.id, { limit: 2, before: first.nextCursor! });
  expect([second.items.map((item) => item.text), second.nextCursor]).toEqual([['reply 1'], null]);
  await expect(world.messages.thread(stranger, began.id, { limit: 2 })).rejects.toMatchObject({
    code: 'message-not-found',
  });
});
