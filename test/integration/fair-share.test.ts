import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountRow } from '../../src/core/accounts/store.js';
import { newId } from '../../src/core/ids.js';
import { queueLimits } from '../../src/infra/database/deliveries/room.js';
import {
  later,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  startWorld,
  statuses,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.process.drain.start();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 10 });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As a broadcast leaves them: a chat, a message and a delivery due in bulk for each of many people. */
async function bulk(account: AccountRow, count: number): Promise<void> {
  const { conversationId } = await open(world, account, `seed-${newId()}`);
  const ids = () => Array.from({ length: count }, newId);
  const now = new Date(world.clock.now());
  const [chats, messages, deliveries] = [ids(), ids(), ids()];
  await world.pool.query(
    `WITH n AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS x(chat, message, delivery)), c AS (
       INSERT INTO chats (id, account_id, remote_id, kind, conversation_id, home_conversation_id)
       SELECT chat, $4, 'with:' || chat, 'direct', $5, $5 FROM n RETURNING id
     ), m AS (
       INSERT INTO messages (id, user_id, chat_id, direction, sender_name, text, sent_at, rev)
       SELECT message, $6, chat, 'out', 'You', 'bulk', $7, 0 FROM n RETURNING id
     )
     INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, priority, due_at, expires_at, message_at, rev)
     SELECT delivery, $6, message, $4, chat, 'im', chat::text, 1, $7, $7::timestamptz + interval '1 day', $7, 0 FROM n`,
    [chats, messages, deliveries, account.id, conversationId, account.userId, now],
  );
}

const counted = async (account: AccountRow, where: string) => {
  const { rows } = await world.pool.query<{ n: number }>(
    `SELECT count(*) AS n FROM deliveries WHERE account_id = $1 AND priority = 1 AND ${where}`,
    [account.id],
  );
  return rows[0]!.n;
};

describe('with thousands of messages in bulk', () => {
  test('one that a person waits for passes them, on the same account and on another', async () => {
    const userId = await makeUser(world.prisma);
    const account = await makeAccount(world, userId, 'plain');
    const other = await makeAccount(world, userId, 'talk');
    await bulk(account, 2_000);
    // A network that takes its time: bulk fills every place that it may have.
    const waits: (() => void)[] = [];
    world.script.send = async ({ text }) => {
      if (text === 'bulk') await new Promise<void>((resolve) => void waits.push(resolve));
      return { proof: 'sent' };
    };
    world.clock.advance(5_000);
    await until(() => expect(waits.length).toBe(6));
    await pause(200);
    expect(waits.length).toBe(6);
    for (const [one, address] of [[account, 'ann'] as const, [other, 'bob'] as const]) {
      const { conversationId } = await open(world, one, address);
      const { message } = await world.messages.send(userId, conversationId, { ...plain(`to ${address}`), via: one.id });
      await reach(world, message, 'sent');
    }
    expect(waits.length).toBe(6);
    // The rest goes by itself, whatever becomes of the bells.
    world.script.send = async () => ({ proof: 'sent' });
    for (const go of waits) go();
    await vi.waitFor(
      async () => {
        world.clock.advance(5_000);
        expect(await counted(account, `status <> 'sent'`)).toBe(0);
      },
      { timeout: 200_000, interval: 50 },
    );
    expect(world.script.seen.filter(({ text }) => text === 'bulk')).toHaveLength(2_000);
  }, 240_000);

  test('another user’s are sent beside them', async () => {
    const [ann, bob] = [await makeUser(world.prisma), await makeUser(world.prisma)];
    const hers = await Promise.all([1, 2, 3, 4].map(() => makeAccount(world, ann, 'plain')));
    const his = await makeAccount(world, bob, 'plain');
    for (const account of hers) await bulk(account, 200);
    await bulk(his, 5);
    const held = later<void>();
    const running = new Set<string>();
    world.script.send = async ({ account, chat }) => {
      running.add(`${account} ${chat}`);
      if (account !== his.id) await held.promise;
      return { proof: 'sent' };
    };
    world.clock.advance(5_000);
    await until(async () => expect(await counted(his, `status = 'sent'`)).toBe(5));
    // No user takes all there is, with however many accounts.
    const others = () => [...running].filter((one) => !one.startsWith(his.id));
    await until(() => expect(others()).toHaveLength(12));
    await pause(200);
    expect(others()).toHaveLength(12);
    held.resolve();
    // Her accounts take turns, too.
    await vi.waitFor(
      async () => {
        world.clock.advance(5_000);
        for (const account of hers) expect(await counted(account, `status = 'sent'`)).toBeGreaterThan(20);
      },
      { timeout: 60_000, interval: 50 },
    );
    await vi.waitFor(
      async () => {
        world.clock.advance(5_000);
        for (const account of hers) expect(await counted(account, `status <> 'sent'`)).toBe(0);
      },
      { timeout: 60_000, interval: 50 },
    );
  }, 120_000);
});

test('no more is sent than the network takes, of the account and of one chat', async () => {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, 'plain');
  world.script.pace = { account: { burst: 2, perMs: 1_000 }, chat: { burst: 1, perMs: 10_000 } };
  const send = async (address: string) => {
    const { conversationId } = await open(world, account, address);
    return (await world.messages.send(userId, conversationId, plain(`to ${address}`))).message;
  };
  await reach(world, await send('first'), 'sent');
  const twice = await send('first');
  for (const address of ['b', 'c', 'd', 'e']) await send(address);
  const sent = () => world.script.texts().length;
  const settled = async (count: number) => {
    await until(() => expect(sent()).toBe(count));
    await pause(150);
    expect(sent()).toBe(count);
  };
  await settled(3);
  for (const count of [4, 5]) {
    world.clock.advance(1_000);
    await settled(count);
  }
  await reach(world, twice, 'queued');
  world.clock.advance(8_000);
  // Where it is being looked at just now, its time is counted from a moment before.
  const due = world.clock.now();
  await until(async () => {
    world.clock.advance(20);
    expect(await statuses(world.pool, twice.id)).toEqual(['sent']);
  });
  expect(world.clock.now() - due).toBeLessThanOrEqual(8_000);
  world.script.pace = undefined;
}, 60_000);

describe('a queue that is full', () => {
  test('refuses more with 429 and stores nothing of it; bulk leaves room for people', async () => {
    const userId = await makeUser(world.prisma);
    const account = await makeAccount(world, userId, 'plain', { offline: true });
    const { conversationId } = await open(world, account, 'ann');
    const send = (text: string) => world.messages.send(userId, conversationId, plain(text));
    await bulk(account, queueLimits.accountBulk);
    await send('a person may still write');
    await bulk(account, queueLimits.account - queueLimits.accountBulk - 1);
    await expect(send('too much')).rejects.toMatchObject({ kind: 'limited', code: 'queue-full', retryAfterMs: 30_000 });
    const { rows } = await world.pool.query(`SELECT 1 FROM messages WHERE text = 'too much'`);
    expect(rows).toEqual([]);
    await world.pool.query(`UPDATE deliveries SET status = 'cancelled' WHERE account_id = $1 AND priority = 1`, [
      account.id,
    ]);
    await send('room again');
  }, 60_000);
});
