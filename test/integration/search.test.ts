import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchRequest } from '../../src/core/services.js';
import { WORDS } from '../../src/infra/database/messages/timeline.js';
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
let userId: string;
let bob: { conversationId: string };
let started: number;
const DAY = 86_400_000;

beforeAll(async () => {
  world = await startWorld();
  userId = await makeUser(world.prisma);
  started = world.clock.now();
  const talk = await makeAccount(world, userId, 'talk');
  const post = await makeAccount(world, userId, 'post');
  bob = await open(world, talk, 'bob');
  const say = (account: { id: string }, address: string, texts: string[], days: number) =>
    deliver(world, account, ...texts.map((text, n) => said(address, text, started - days * DAY + n)));
  await say(talk, 'bob', ['The Quarterly report is ready', 'see https://example.org/reports/q3?x=1', "don't panic"], 3);
  await say(talk, 'bob', ['今日は良い天気ですね', '100% sure_thing', 'C++ or C', '\u{1f600} smile'], 2);
  await say(post, 'ann@example.org', ['Quarterly numbers', 'write to anna.smith@example.com', 'x'.repeat(90_000)], 1);
  const { message } = await world.messages.send(userId, bob.conversationId, plain('my quarterly answer'));
  await reach(world, message, 'sent');
  const other = await makeUser(world.prisma);
  const theirs = await makeAccount(world, other, 'talk');
  await say(theirs, 'bob', ['Quarterly secret of somebody else'], 1);
}, 120_000);
afterAll(() => world.stop());

const find = async (q: string, more: Partial<SearchRequest> = {}) =>
  (await world.messages.search(userId, { q, limit: 50, ...more })).items.map((item) => item.text);

test('finds words and their beginnings in any case, all of them, newest first, and only the user’s own', async () => {
  const quarterly = ['my quarterly answer', 'Quarterly numbers', 'The Quarterly report is ready'];
  expect(await find('quarterly')).toEqual(quarterly);
  expect(await find('QUART')).toEqual(quarterly);
  expect(await find('ready quart')).toEqual(['The Quarterly report is ready']);
  expect(await find('quarterly nothing')).toEqual([]);
});

test('finds within addresses and links, signs, and writing without blanks', async () => {
  expect(await find('smith')).toEqual(['write to anna.smith@example.com']);
  expect(await find('anna.smith@example.com')).toEqual(['write to anna.smith@example.com']);
  expect(await find('reports/q3')).toEqual(['see https://example.org/reports/q3?x=1']);
  expect(await find("don't")).toEqual(["don't panic"]);
  expect(await find('天気')).toEqual(['今日は良い天気ですね']);
  expect(await find('100% sure_')).toEqual(['100% sure_thing']);
  expect(await find('c++')).toEqual(['C++ or C']);
  expect(await find('\u{1f600}')).toEqual(['\u{1f600} smile']);
  expect(await find('ready,')).toEqual(['The Quarterly report is ready']);
});

test.each([
  "'",
  "a' | 'b",
  '\\',
  ':*',
  '& | !',
  '%',
  '_',
  "'; DROP TABLE messages; --",
  '\u0000x',
  '\ud800',
  '<->',
  '()',
])('takes %j for a text', async (q) => {
  expect((await find(q)).length).toBeLessThan(5);
});

test('filters by place, person, network, time, files and links', async () => {
  expect(await find('quarterly', { in: bob.conversationId })).toEqual([
    'my quarterly answer',
    'The Quarterly report is ready',
  ]);
  const { items } = await world.process.contacts.list(userId, { limit: 10, q: 'ann' });
  expect(await find('quarterly', { from: items[0]!.id })).toEqual(['Quarterly numbers']);
  expect(await find('quarterly', { from: items[0]!.buddies[0]!.id })).toEqual(['Quarterly numbers']);
  expect(await find('quarterly', { network: 'post' })).toEqual(['Quarterly numbers']);
  const day = (days: number) => new Date(started - days * DAY - DAY / 2).toISOString();
  expect(await find('quarterly', { after: day(1), before: day(0) })).toEqual(['Quarterly numbers']);
  expect(await find('see', { has: 'link' })).toEqual(['see https://example.org/reports/q3?x=1']);
  expect(await find('quarterly', { has: 'link' })).toEqual([]);
  expect(await find('quarterly', { has: 'attachment' })).toEqual([]);
});

test('pages by cursor; a forged one is refused', async () => {
  const first = await world.messages.search(userId, { q: 'quarterly', limit: 2 });
  expect(first.items).toHaveLength(2);
  const rest = await world.messages.search(userId, { q: 'quarterly', limit: 2, cursor: first.nextCursor! });
  expect(rest.items.map((item) => item.text)).toEqual(['The Quarterly report is ready']);
  expect(rest.nextCursor).toBeNull();
  const forged = world.messages.search(userId, { q: 'quarterly', limit: 2, cursor: 'bm90aGluZw' });
  await expect(forged).rejects.toMatchObject({ kind: 'invalid', fields: { cursor: expect.anything() } });
});

test('what was deleted is found no more', async () => {
  const { message } = await world.messages.send(userId, bob.conversationId, {
    ...plain('ephemeral thought'),
    sendAt: new Date(world.clock.now() + DAY).toISOString(),
  });
  expect(await find('ephemeral')).toEqual(['ephemeral thought']);
  await world.messages.remove(userId, message.id);
  await world.messages.remove(userId, message.id);
  expect(await find('ephemeral')).toEqual([]);
});

test('words are looked up in their index', async () => {
  const client = await world.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM messages m WHERE ${WORDS} @@ to_tsquery('simple', '''report'':*')`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('messages_words_idx');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
