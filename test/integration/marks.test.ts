import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MessageView } from '../../src/core/views.js';
import type { Event } from '../../src/sdk/index.js';
import { deliver, makeAccount, open, plain, reach, startWorld, statuses, type World } from '../support/sending.js';
import { withBob } from '../support/with-bob.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.changes.length = 0;
  world.script.send = async ({ key }) => ({ remoteId: `r-${key}`, proof: 'sent' });
});

async function alone() {
  const one = await withBob(world);
  const { account, timeline } = one;
  const chat = { id: 'with:bob', kind: 'direct' as const };
  const says = async (id: string, text: string, more: object = {}): Promise<MessageView> => {
    const from = { id: 'bob', address: 'bob', name: 'Bob' };
    await deliver(world, account, { type: 'message', chat, id, from, text, format: 'plain', at: Date.now(), ...more });
    return (await timeline()).find((item) => item.text === text)!;
  };
  const tell = (event: Event) => deliver(world, account, event);
  const marks = world.process.marks;
  return { ...one, chat, says, tell, marks };
}

const texts = (items: { text: string }[]) => items.map(({ text }) => text);
const refused = (code: string) => expect.objectContaining({ code });
const tick = () => world.clock.advance(1_000);

test('stars are listed over all conversations, the newest first and page by page', async () => {
  const { userId, account, says, marks } = await alone();
  const other = await open(world, account, 'eve');
  const one = await says('1', 'one');
  const two = (await world.messages.send(userId, other.conversationId, plain('two'))).message;
  expect(await marks.set(userId, one.id, { starred: true })).toMatchObject({ starred: true });
  tick();
  const before = (await world.messages.get(userId, two.id)).rev;
  expect((await marks.set(userId, two.id, { starred: true })).rev).toBeGreaterThan(before);
  const first = await marks.starred(userId, { limit: 1 });
  expect(texts(first.items)).toEqual(['two']);
  const rest = await marks.starred(userId, { limit: 5, cursor: first.nextCursor! });
  expect([texts(rest.items), rest.nextCursor]).toEqual([['one'], null]);
  expect((await marks.set(userId, two.id, { starred: false })).starred).toBeUndefined();
  expect(texts((await marks.starred(userId, { limit: 5 })).items)).toEqual(['one']);
});

test('pins belong to their conversation, which counts them; no more than fifty', async () => {
  const { userId, conversationId, says, marks, conversation } = await alone();
  const one = await says('1', 'one');
  const two = await says('2', 'two');
  const rev = (await conversation()).rev;
  await marks.set(userId, one.id, { pinned: true });
  tick();
  await marks.set(userId, two.id, { pinned: true, starred: true });
  expect(await conversation()).toMatchObject({ pins: 2 });
  expect((await conversation()).rev).toBeGreaterThan(rev);
  expect(texts(await marks.pins(userId, conversationId))).toEqual(['two', 'one']);
  await marks.set(userId, two.id, { pinned: false });
  expect(await world.messages.get(userId, two.id)).toMatchObject({ starred: true });
  for (let made = 0; made < 49; made++)
    await marks.set(userId, (await says(`m${made}`, `m${made}`)).id, { pinned: true });
  await expect(marks.set(userId, two.id, { pinned: true })).rejects.toEqual(refused('too-many-pins'));
  await expect(marks.set(userId, one.id, { pinned: true })).resolves.toMatchObject({ pinned: true });
});

test('every wording is kept, the oldest first, and none once it was taken back', async () => {
  const { userId, chat, says, tell, marks, conversation } = await alone();
  const message = await says('1', 'Saturdey');
  await marks.set(userId, message.id, { starred: true, pinned: true });
  const edit = (text: string) => tell({ type: 'edit', chat, target: '1', text, at: Date.now() });
  tick();
  await edit('Saturday');
  tick();
  await edit('Saturday');
  await edit('Saturday at ten');
  expect(await world.messages.get(userId, message.id)).toMatchObject({ text: 'Saturday at ten', edits: 2 });
  const wordings = await marks.edits(userId, message.id);
  expect(texts(wordings)).toEqual(['Saturdey', 'Saturday']);
  expect(wordings[0]?.at).toBe(message.sentAt);
  await tell({ type: 'deletion', chat, target: '1', at: Date.now() });
  const gone = await world.messages.get(userId, message.id);
  expect([gone.edits, gone.starred, gone.pinned]).toEqual([undefined, undefined, undefined]);
  expect(await marks.edits(userId, message.id)).toEqual([]);
  expect(await conversation()).toMatchObject({ pins: 0 });
  await expect(marks.set(userId, message.id, { starred: true })).rejects.toEqual(refused('message-deleted'));
});

test('own edits keep what was out; what still waits was never said', async () => {
  const { userId, conversationId, marks } = await alone();
  const { message } = await world.messages.send(userId, conversationId, plain('tpyo'));
  await reach(world, message, 'sent');
  await world.messages.edit(userId, message.id, { text: 'typo', format: 'plain' });
  expect(texts(await marks.edits(userId, message.id))).toEqual(['tpyo']);
  const sendAt = new Date(world.clock.now() + 3_600_000).toISOString();
  const { message: later } = await world.messages.send(userId, conversationId, { ...plain('lated'), sendAt });
  expect((await world.messages.edit(userId, later.id, { text: 'later', format: 'plain' })).edits).toBeUndefined();
});

test('a message is passed on with its files, to each conversation by its own way', async () => {
  const { userId, account, says } = await alone();
  const mail = await makeAccount(world, userId, 'post');
  const eve = await open(world, account, 'eve');
  const post = await open(world, mail, 'eve@example.org');
  const file = { name: 'map.txt', type: 'text/plain', content: Buffer.from('here') };
  const message = await says('1', 'The map', { attachments: [file] });
  const to = [eve.conversationId, post.conversationId];
  const [previewed] = await world.process.forwards.preview(userId, message.id, { conversationIds: to, text: 'Look' });
  expect(previewed?.preview.recipients[0]?.steps[0]?.text).toContain('Look\n\nBob: The map');
  expect(world.script.seen).toEqual([]);
  const items = await world.process.forwards.forward(userId, message.id, { conversationIds: to, text: 'Look' });
  expect(items.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  for (const item of items) await reach(world, item.message!, 'sent');
  expect(world.script.texts()).toHaveLength(2);
  for (const text of world.script.texts()) expect(text).toContain('Look\n\nBob: The map');
  expect(items[0]?.message).toMatchObject({ forwardOf: message.id, attachments: [{ name: 'map.txt' }] });
});

test('where it cannot go is said, and it goes elsewhere; under one key it goes once', async () => {
  const { userId, account, says } = await alone();
  const pocket = await makeAccount(world, userId, 'text');
  const eve = await open(world, account, 'eve');
  const phone = await open(world, pocket, '+15550100');
  const file = { name: 'map.txt', type: 'text/plain', content: Buffer.from('here') };
  const message = await says('1', 'The map', { attachments: [file] });
  const request = { conversationIds: [phone.conversationId, eve.conversationId], onceKey: 'once' };
  const items = await world.process.forwards.forward(userId, message.id, request);
  expect(items[0]).toMatchObject({ problem: { code: 'attachments-not-possible' } });
  expect(items[1]?.message?.text).toBe('Bob: The map');
  const again = await world.process.forwards.forward(userId, message.id, request);
  expect(again[1]?.message?.id).toBe(items[1]?.message?.id);
  expect(await statuses(world.pool, items[1]!.message!.id)).toHaveLength(1);
  const toPhone = { conversationIds: [phone.conversationId] };
  const refusal = refused('attachments-not-possible');
  await expect(world.process.forwards.forward(userId, message.id, toPhone)).rejects.toEqual(refusal);
});
