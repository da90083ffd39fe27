import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountRow } from '../../src/core/accounts/store.js';
import type { MessageView } from '../../src/core/views.js';
import { AdapterError } from '../../src/sdk/index.js';
import {
  connect,
  later,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  startWorld,
  statuses,
  until,
  type World,
} from '../support/sending.js';

const SECOND = 1_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

/** Two accounts of a channel, the second standing by for the first, and chats of the first. */
async function pair(network: string, options: { offline?: boolean; standbyOffline?: boolean } = {}) {
  const userId = await makeUser(world.prisma);
  const first = await makeAccount(world, userId, network, { offline: options.offline === true });
  const second = await makeAccount(world, userId, network, { offline: options.standbyOffline === true });
  await standBy(first, second);
  const send = async (address: string, text: string, more: object = {}) => {
    const { conversationId } = await open(world, first, address);
    return (await world.messages.send(userId, conversationId, { ...plain(text), via: first.id, ...more })).message;
  };
  return { userId, first, second, send };
}

const standBy = (account: AccountRow, standby: AccountRow) =>
  world.process.accountService.patch(account.userId, account.id, { standbyId: standby.id });

const ledger = (userId: string, id: string) => world.messages.deliveries(userId, id);
const by = (account: AccountRow) =>
  world.script.seen.filter((one) => one.account === account.id).map((one) => one.text);

/** Moves time on, sweep by sweep, until it is so. */
const eventually = (check: () => Promise<void>, step = 5 * SECOND) =>
  vi.waitFor(
    async () => {
      world.clock.advance(step);
      await check();
    },
    { timeout: 20_000, interval: 20 },
  );

function fails(account: AccountRow, error = () => new AdapterError('temporary', 'the gateway is broken')) {
  world.script.send = async (seen) => {
    if (seen.account === account.id) throw error();
    return { proof: 'sent' };
  };
}

/** Three failures at different people: the account is given a rest, and its standby has sent what waited. */
async function breakDown({ userId, first, send }: Awaited<ReturnType<typeof pair>>) {
  fails(first);
  const messages: MessageView[] = [];
  for (const address of ['+491', '+492', '+493']) messages.push(await send(address, `to ${address}`));
  for (const message of messages) await reach(world, message, 'cancelled', 'sent');
  expect(await world.process.accountService.get(userId, first.id)).toHaveProperty('resting');
  world.script.seen.length = 0;
}

describe('an account that fails again and again', () => {
  test('is given a rest, and its standby sends what waits: one new delivery each, with the attempts kept', async () => {
    const { userId, first, second, send } = await pair('text');
    fails(first);
    const messages: MessageView[] = [];
    for (const address of ['+491', '+492', '+493', '+494']) messages.push(await send(address, `to ${address}`));
    for (const message of messages) await reach(world, message, 'cancelled', 'sent');
    expect(by(second).sort()).toEqual(['to +491', 'to +492', 'to +493', 'to +494']);
    const [old, stood] = await ledger(userId, messages[0]!.id);
    expect(old).toMatchObject({
      ...{ status: 'cancelled', accountId: first.id, attempts: [{ outcome: 'retry' }] },
      reason: 'text failed: the gateway is broken; it goes by text instead',
    });
    expect(stood).toMatchObject({
      ...{ status: 'sent', accountId: second.id, standsInFor: old!.id, step: 0, target: '+491' },
      why: 'In place of text, which failed: the gateway is broken',
    });
    expect((await world.messages.get(userId, messages[0]!.id)).status).toBe('sent');
    const view = await world.process.accountService.get(userId, first.id);
    expect(view).toMatchObject({ standbyId: second.id, resting: { why: 'the gateway is broken' } });
  });

  test('is tried once after its rest, and goes on when that succeeds', async () => {
    const two = await pair('text');
    const { userId, first, second, send } = two;
    await breakDown(two);
    world.script.send = async () => ({ proof: 'sent' });
    await reach(world, await send('+495', 'still resting'), 'cancelled', 'sent');
    expect(by(first)).toEqual([]);
    world.clock.advance(31 * SECOND);
    await reach(world, await send('+496', 'back again'), 'sent');
    expect(by(first)).toEqual(['back again']);
    expect(by(second)).toEqual(['still resting']);
    expect(await world.process.accountService.get(userId, first.id)).not.toHaveProperty('resting');
  });

  test('rests without a standby too, and nothing is lost or sent twice', async () => {
    const userId = await makeUser(world.prisma);
    const account = await makeAccount(world, userId, 'text');
    fails(account);
    const messages: MessageView[] = [];
    for (const address of ['+491', '+492', '+493', '+494']) {
      const { conversationId } = await open(world, account, address);
      messages.push((await world.messages.send(userId, conversationId, plain(address))).message);
    }
    await until(async () =>
      expect(await world.process.accountService.get(userId, account.id)).toHaveProperty('resting'),
    );
    await until(async () => {
      for (const message of messages) expect(await statuses(world.pool, message.id)).toEqual(['queued']);
    });
    const tries = world.script.seen.length;
    world.script.send = async () => ({ proof: 'sent' });
    world.clock.advance(20 * SECOND);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.script.seen).toHaveLength(tries);
    await eventually(async () => {
      for (const message of messages) expect(await statuses(world.pool, message.id)).toEqual(['sent']);
    });
  });

  test('keeps what may have gone out, or went out in part: only the others are taken over', async () => {
    const { first, second, send } = await pair('post');
    let error = new AdapterError('unknown-outcome', 'cut after the last byte');
    fails(first, () => error);
    const doubtful = await send('a@example.org', 'doubtful');
    await until(() => expect(by(first)).toContain('doubtful'));
    error = new AdapterError('temporary', 'the second part was refused', { partsSent: 1 });
    const begun = await send('b@example.org', 'begun');
    await until(() => expect(by(first)).toContain('begun'));
    error = new AdapterError('temporary', 'nothing goes');
    const clean = await send('c@example.org', 'clean');
    await reach(world, clean, 'cancelled', 'sent');
    expect(by(second)).toEqual(['clean']);
    expect(await statuses(world.pool, doubtful.id)).toEqual(['queued']);
    expect(await statuses(world.pool, begun.id)).toEqual(['queued']);
    world.script.send = async () => ({ proof: 'sent' });
    await eventually(async () => {
      expect(await statuses(world.pool, doubtful.id)).toEqual(['sent']);
      expect(await statuses(world.pool, begun.id)).toEqual(['sent']);
    });
    expect(by(second)).toEqual(['clean']);
  });

  test('never gets a message back from a standby that fails too', async () => {
    const { userId, first, second, send } = await pair('text');
    await standBy(second, first);
    world.script.send = async () => {
      throw new AdapterError('temporary', 'both are broken');
    };
    const messages: MessageView[] = [];
    for (const address of ['+491', '+492', '+493', '+494']) messages.push(await send(address, address));
    await eventually(async () => {
      expect(await world.process.accountService.get(userId, second.id)).toHaveProperty('resting');
    }, SECOND);
    for (let at = 0; at < 20; at += 1) {
      world.clock.advance(30 * SECOND);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const message of messages) expect(await ledger(userId, message.id)).toHaveLength(2);
    world.script.send = async () => ({ proof: 'sent' });
    await eventually(async () => {
      for (const message of messages) expect(await statuses(world.pool, message.id)).toEqual(['cancelled', 'sent']);
    }, 60 * SECOND);
  });
});

describe('an account that is away', () => {
  test('is waited for half a minute; then its standby sends what is due, in order, not what is for later', async () => {
    const { first, second, send } = await pair('text', { offline: true });
    const sendAt = new Date(world.clock.now() + 3_600 * SECOND).toISOString();
    const [one, two, much] = [
      await send('+491', 'one'),
      await send('+491', 'two'),
      await send('+491', 'x', { sendAt }),
    ];
    await world.process.drain.start();
    world.clock.advance(25 * SECOND);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await statuses(world.pool, one.id)).toEqual(['queued']);
    await eventually(async () => {
      expect(await statuses(world.pool, one.id)).toEqual(['cancelled', 'sent']);
      expect(await statuses(world.pool, two.id)).toEqual(['cancelled', 'sent']);
    });
    expect(by(second)).toEqual(['one', 'two']);
    expect(await statuses(world.pool, much.id)).toEqual(['queued']);
    await connect(world, first.id);
    const back = await send('+491', 'back');
    await reach(world, back, 'sent');
    expect(by(first)).toEqual(['back']);
  });

  test('is not relieved by a standby that is away itself', async () => {
    const { first, second, send } = await pair('text', { offline: true, standbyOffline: true });
    const message = await send('+491', 'wait');
    for (let at = 0; at < 20; at += 1) {
      world.clock.advance(5 * SECOND);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await statuses(world.pool, message.id)).toEqual(['queued']);
    await connect(world, second.id);
    await eventually(async () => expect(await statuses(world.pool, message.id)).toEqual(['cancelled', 'sent']));
    expect(by(first)).toEqual([]);
  });
});

describe('what stands in', () => {
  test('is the same step of its route: the next one does not begin because the first account failed', async () => {
    const { userId, first, second, send: _ } = await pair('text');
    const post = await makeAccount(world, userId, 'post');
    const contact = await world.process.contacts.create(userId, {
      name: 'Anna',
      buddies: [],
      addresses: [
        { kind: 'email', value: 'anna@example.org' },
        { kind: 'phone', value: '+4915112345678' },
      ],
    });
    fails(first);
    for (const address of ['+491', '+492', '+493']) {
      const { conversationId } = await open(world, first, address);
      await world.messages.send(userId, conversationId, { ...plain(address), via: first.id });
    }
    await until(async () => expect(await world.process.accountService.get(userId, first.id)).toHaveProperty('resting'));
    const held = later<{ proof: 'sent' }>();
    world.script.send = async () => held.promise;
    const route = { mode: 'fallback' as const, channels: ['sms' as const, 'email' as const], within: 'PT5M' };
    const { message } = await world.messages.send(userId, contact.conversationId!, { ...plain('hello'), route });
    await until(async () => {
      const chosen = (await ledger(userId, message.id)).find(
        (one) => one.channel === 'sms' && one.status === 'sending',
      );
      expect(chosen?.accountId).toBe(second.id);
    });
    held.resolve({ proof: 'sent' });
    await until(async () => {
      const found = await ledger(userId, message.id);
      expect(found.find((one) => one.accountId === post.id)?.status).toBe('cancelled');
      expect(found.find((one) => one.accountId === second.id)?.status).toBe('sent');
    });
    expect(by(post)).toEqual([]);
  });

  test('is what is sent again by hand; the one it replaced is not', async () => {
    const two = await pair('text');
    const { userId, second, send } = two;
    await breakDown(two);
    world.script.send = async () => {
      throw new AdapterError('rejected', 'no such number');
    };
    const message = await send('+499', 'wrong number');
    await reach(world, message, 'cancelled', 'failed');
    const [old, stood] = await ledger(userId, message.id);
    await expect(world.process.deliveries.retry(userId, old!.id)).rejects.toMatchObject({ code: 'cannot-retry' });
    world.script.send = async () => ({ proof: 'sent' });
    await world.process.deliveries.retry(userId, stood!.id);
    await until(async () => expect(by(second).filter((text) => text === 'wrong number')).toHaveLength(2));
    await reach(world, message, 'cancelled', 'sent');
  });

  test('must be another account of the user, of the same channel, email or SMS', async () => {
    const userId = await makeUser(world.prisma);
    const [text, post, talk] = await Promise.all(['text', 'post', 'talk'].map((it) => makeAccount(world, userId, it)));
    const stranger = await makeAccount(world, await makeUser(world.prisma), 'text');
    const chat = await makeAccount(world, userId, 'talk');
    await expect(standBy(text!, post!)).rejects.toMatchObject({ code: 'no-standby' });
    await expect(standBy(talk!, chat)).rejects.toMatchObject({ code: 'no-standby' });
    await expect(standBy(text!, text!)).rejects.toMatchObject({ code: 'no-standby' });
    await expect(standBy(text!, stranger)).rejects.toMatchObject({ kind: 'not-found' });
    const other = await makeAccount(world, userId, 'text');
    expect(await standBy(text!, other)).toMatchObject({ standbyId: other.id });
    await world.process.accountService.remove(userId, other.id);
    expect(await world.process.accountService.get(userId, text!.id)).toMatchObject({ standbyId: null });
  });
});
