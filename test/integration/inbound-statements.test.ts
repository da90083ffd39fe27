import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bools, ints, texts, times, uuids } from '../../src/infra/database/columns.js';
import type { MessageEvent } from '../../src/sdk/index.js';
import { deliver, makeAccount, makeUser, said, startWorld, type World } from '../support/sending.js';
import { countStatements } from '../support/statements.js';

/** What a batch of messages that come in costs the database: one statement, which is its transaction, however many they are. */
let world: World;
let account: Awaited<ReturnType<typeof makeAccount>>;
const counted = countStatements();
const people = Array.from({ length: 10 }, (_, at) => `person${at}`);
let ids = 0;

beforeAll(async () => {
  world = await startWorld();
  account = await makeAccount(world, await makeUser(world.prisma), 'talk');
  await deliver(world, account, ...messages(10));
});
afterAll(async () => {
  counted.stop();
  await world.stop();
});

/** Of people in turn, all of whom are known after the first ten. */
function messages(count: number, more: Partial<MessageEvent> = {}): MessageEvent[] {
  return Array.from({ length: count }, (_, at) => {
    const message = said(people[at % people.length] ?? '', `message ${++ids}`, world.clock.now() - 60_000 + ids);
    return { ...message, id: `id ${ids}`, ...more };
  });
}

const stored = async (): Promise<number> => {
  const { rows } = await world.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.account_id = $1',
    [account.id],
  );
  return rows[0]?.count ?? 0;
};

test.each([1, 10, 500])('%i messages of people who are known are one statement', async (count) => {
  const before = await stored();
  const { count: statements, statements: said } = await counted.of(() => deliver(world, account, ...messages(count)));
  expect(statements, said.join('\n')).toBe(1);
  expect(await stored()).toBe(before + count);
});

test('what comes while a commit is under way is one statement together', async () => {
  const before = await stored();
  const calls = Array.from({ length: 50 }, () => messages(2));
  const { count, statements } = await counted.of(() =>
    Promise.all(calls.map((events) => deliver(world, account, ...events))),
  );
  expect(count, statements.join('\n')).toBe(2);
  expect(await stored()).toBe(before + 100);
});

test('answers, and what is there already, are one statement too', async () => {
  const again = messages(20);
  await deliver(world, account, ...again);
  const before = await stored();
  const answers = messages(20, { replyTo: again[0]?.id ?? '' });
  const { count, statements } = await counted.of(() => deliver(world, account, ...again, ...answers));
  expect(count, statements.join('\n')).toBe(1);
  expect(await stored()).toBe(before + 20);
});

test('columns come to the database as they are', async () => {
  const twice = randomUUID();
  const given = {
    uuids: [randomUUID(), twice, twice],
    ints: [0, -1, 2_147_483_647, -2_147_483_648],
    bools: [true, false],
    texts: ['', null, 'plain', '{"quoted", \\ }', 'Grüße 👋\nnew line', null],
    times: [new Date(0), new Date('1999-12-31T23:59:59.999Z'), new Date('2026-11-29T08:00:00.001Z')],
  };
  const { rows } = await world.pool.query(
    'SELECT $1::uuid[] AS uuids, $2::int[] AS ints, $3::bool[] AS bools, $4::text[] AS texts, $5::timestamptz[] AS times',
    [uuids(given.uuids), ints(given.ints), bools(given.bools), texts(given.texts), times(given.times)],
  );
  expect(rows).toEqual([given]);
  const { rows: none } = await world.pool.query('SELECT $1::uuid[] AS uuids, $2::text[] AS texts', [
    uuids([]),
    texts([]),
  ]);
  expect(none).toEqual([{ uuids: [], texts: [] }]);
});
