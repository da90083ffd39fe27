import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { FencedError } from '../../src/core/nodes/fenced.js';
import { urlOfNode } from '../../src/infra/database/held.js';
import { storeBatch } from '../../src/infra/database/inbound/batch.js';
import { createPool, inTransaction, Revisions } from '../../src/infra/database/pool.js';
import { PgNodeStore } from '../../src/infra/nodes/store.js';
import { startDatabase, type TestDatabase } from '../support/database.js';
import { countStatements } from '../support/statements.js';

/** Two nodes on one database, as their connections and rows are; no process runs. */
let database: TestDatabase;
let plain: pg.Pool;
const ending: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await startDatabase();
  plain = createPool(database.url, () => undefined);
  ending.push(() => plain.end());
});

afterAll(async () => {
  for (const end of ending.reverse()) await end();
  await database.stop();
});

beforeEach(() => plain.query('TRUNCATE users, nodes CASCADE'));

function node() {
  const id = randomUUID();
  const pool = createPool(urlOfNode(database.url, id), () => undefined);
  const row = { id, url: 'http://127.0.0.1:1', roles: ['connector'], files: 'f' };
  const store = new PgNodeStore(database.url, row, () => undefined);
  ending.push(
    () => pool.end(),
    () => store.close(),
  );
  return { id, pool, store };
}

async function user(name: string): Promise<string> {
  const id = randomUUID();
  await plain.query('INSERT INTO users (id, email, name) VALUES ($1, $2, $2)', [id, name]);
  return id;
}

/** Two nodes, the first of which holds Ann. */
async function heldByOneOfTwo() {
  const ann = await user('ann');
  const a = node();
  const b = node();
  await a.store.join();
  await b.store.join();
  await a.store.take(10);
  return { ann, a, b };
}

const silent = (id: string) =>
  plain.query(`UPDATE nodes SET heartbeat_at = now() - interval '1 minute' WHERE id = $1`, [id]);
const holderOf = async (id: string) =>
  (await plain.query<{ holder: string | null }>('SELECT holder FROM users WHERE id = $1', [id])).rows[0]?.holder;

test('without nodes the process writes for everybody; no node does before it has taken the user', async () => {
  const ann = await user('ann');
  expect((await Revisions.take(plain, ann, 3)).end).toBe(3);
  const a = node();
  await expect(Revisions.take(a.pool, ann, 1)).rejects.toThrow(FencedError);
  await a.store.join();
  expect(await a.store.take(10)).toEqual([ann]);
  expect((await Revisions.take(a.pool, ann, 1)).end).toBe(4);
  await expect(Revisions.take(plain, ann, 1)).rejects.toThrow(FencedError);
});

test('a node that was taken for dead writes nothing more, also in a transaction it had begun', async () => {
  const { ann, a, b } = await heldByOneOfTwo();
  const late = inTransaction(a.pool, async (sql) => {
    await sql.query('SELECT 1');
    await silent(a.id);
    expect(await b.store.bury()).toEqual([a.id]);
    expect(await b.store.take(10)).toEqual([ann]);
    await Revisions.take(sql, ann, 1);
  });
  await expect(late).rejects.toThrow(FencedError);
  expect(await a.store.beat()).toBe(false);
  expect(await a.store.take(10)).toEqual([]);
  expect(await holderOf(ann)).toBe(b.id);
});

test('who writes is not taken over from before the commit', async () => {
  const { ann, a, b } = await heldByOneOfTwo();
  let buried: Promise<string[]> | undefined;
  await inTransaction(a.pool, async (sql) => {
    await Revisions.take(sql, ann, 1);
    await silent(a.id);
    buried = b.store.bury();
    await plain.query('SELECT pg_sleep(0.1)');
    expect(await holderOf(ann)).toBe(a.id);
  });
  expect(await buried).toEqual([a.id]);
  expect(await holderOf(ann)).toBeNull();
});

test('a node that hangs in the middle of a transaction keeps nobody from taking its users', async () => {
  const { ann, a, b } = await heldByOneOfTwo();
  const hanging = await a.pool.connect();
  await hanging.query('BEGIN');
  await Revisions.take(hanging, ann, 1);
  await silent(a.id);
  await vi.waitFor(async () => expect(await b.store.bury()).toEqual([a.id]), { timeout: 20_000, interval: 250 });
  expect(await b.store.take(10)).toEqual([ann]);
  await expect(hanging.query('COMMIT')).rejects.toThrow();
  hanging.release(true);
});

test('a heart that beats in time is not taken for dead, and two nodes never take the same user', async () => {
  for (let n = 0; n < 40; n += 1) await user(`user ${n}`);
  const a = node();
  const b = node();
  await a.store.join();
  await b.store.join();
  const taken = await Promise.all([a.store.take(30), b.store.take(30), a.store.take(30), b.store.take(30)]);
  expect(new Set(taken.flat()).size).toBe(taken.flat().length);
  expect(await b.store.bury()).toEqual([]);
  expect(await a.store.beat()).toBe(true);
});

test('a batch with a user of another node stores nothing at all', async () => {
  const a = node();
  await a.store.join();
  const ann = await user('ann');
  await a.store.take(10);
  const bob = await user('bob');
  const row = (userId: string) => ({
    ...{
      id: randomUUID(),
      account: { id: randomUUID(), userId, network: 'irc', channel: 'im' as const },
      chatId: randomUUID(),
    },
    ...{ remoteId: '1', buddyId: randomUUID(), senderName: 'x', text: 'x', html: null, format: 'plain' as const },
    ...{ sentAt: new Date(), replyToRemote: null, counts: true, meets: false },
  });
  await expect(storeBatch(a.pool, [row(ann), row(bob)], [], ['none', 'none'])).rejects.toThrow(FencedError);
  const { rows } = await plain.query<{ rev: number }>('SELECT rev FROM users WHERE id = $1', [ann]);
  expect(rows[0]?.rev).toBe(0);
});

test('a node that leaves frees its users at once', async () => {
  const ann = await user('ann');
  const a = node();
  await a.store.join();
  await a.store.take(10);
  await a.store.leave();
  expect(await holderOf(ann)).toBeNull();
});

test('a look at what is as it was counts no users; who moves some is seen to have', async () => {
  const { a, b } = await heldByOneOfTwo();
  const held = async ({ store }: typeof a) => new Map((await store.look()).connectors.map((one) => [one.id, one.held]));
  const first = await held(a);
  const counted = countStatements();
  const { statements } = await counted.of(async () => expect(await held(a)).toEqual(first));
  counted.stop();
  expect(statements.filter((text) => text.includes('count('))).toEqual([]);
  const bob = await user('bob');
  expect((await a.store.look()).free).toBe(1);
  await b.store.take(10);
  await a.store.free([bob]);
  expect(await held(a)).toEqual(
    new Map([
      [a.id, 1],
      [b.id, 1],
    ]),
  );
});
