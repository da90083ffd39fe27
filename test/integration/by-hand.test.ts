import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/sdk/index.js';
import {
  deliver,
  makeAccount,
  makeUser,
  plain,
  reach,
  startWorld,
  statuses,
  until,
  type World,
} from '../support/sending.js';
import { withBob } from '../support/with-bob.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

const ledger = async (userId: string, id: string) => (await world.messages.deliveries(userId, id))[0]!;
const temporary = () => new AdapterError('temporary', 'not now');

async function alone(network: string, options: { offline?: boolean; whenStuck?: string } = {}) {
  const one = await withBob(world, network, options);
  if (options.whenStuck !== undefined)
    await world.pool.query('UPDATE conversations SET when_stuck = $2 WHERE id = $1', [
      one.conversationId,
      options.whenStuck,
    ]);
  return one;
}

/** The first is refused in the way given; all others go. */
function refuse(text: string, error: () => AdapterError) {
  world.script.send = async (seen) => {
    if (seen.text === text) throw error();
    return { proof: 'sent' };
  };
}

describe('a message that cannot go', () => {
  test('holds back those behind it while it waits for its retry; the ledger names it', async () => {
    const { userId, send } = await alone('plain', { whenStuck: 'wait' });
    refuse('first', temporary);
    const first = await send('first');
    await until(async () => expect((await ledger(userId, first.id)).attempts).toMatchObject([{ outcome: 'retry' }]));
    const second = await send('second');
    world.clock.advance(500);
    expect(await statuses(world.pool, second.id)).toEqual(['queued']);
    await world.pool.query(
      `UPDATE deliveries SET created_at = created_at - interval '5 seconds' WHERE message_id = $1`,
      [second.id],
    );
    expect(await ledger(userId, second.id)).toMatchObject({
      blockedBy: first.id,
      nextStep: expect.stringMatching(/^Waits for "first", which is tried again at /),
    });
    world.script.send = async () => ({ proof: 'sent' });
    await until(async () => {
      world.clock.advance(2 * SECOND);
      expect(await statuses(world.pool, second.id)).toEqual(['sent']);
    });
    expect(world.script.texts()).toEqual(['first', 'first', 'second']);
    expect(await ledger(userId, second.id)).not.toHaveProperty('blockedBy');
  });

  test('is passed where the conversation says so', async () => {
    const { userId, send } = await alone('plain', { whenStuck: 'pass' });
    refuse('first', temporary);
    const first = await send('first');
    await until(async () => expect((await ledger(userId, first.id)).attempts).toHaveLength(1));
    const second = await send('second');
    await reach(world, second, 'sent');
    expect(await statuses(world.pool, first.id)).toEqual(['queued']);
    world.script.send = async () => ({ proof: 'sent' });
    await until(async () => {
      world.clock.advance(2 * SECOND);
      expect(await statuses(world.pool, first.id)).toEqual(['sent']);
    });
  });

  test('holds the others until a person has decided, where the conversation says so', async () => {
    const { userId, send } = await alone('plain', { whenStuck: 'hold' });
    refuse('bad', () => new AdapterError('rejected', 'too rude'));
    const bad = await send('bad');
    await reach(world, bad, 'failed');
    const next = await send('next');
    world.clock.advance(30 * SECOND);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await ledger(userId, next.id)).toMatchObject({
      ...{ status: 'queued', blockedBy: bad.id },
      nextStep: 'Waits until you send "bad", which failed, again or give it up.',
    });
    const given = await world.process.deliveries.cancel(userId, (await ledger(userId, bad.id)).id);
    expect(given).toMatchObject({ status: 'cancelled', reason: 'too rude You gave it up.' });
    await reach(world, next, 'sent');

    refuse('cut', () => new AdapterError('unknown-outcome', 'the line was cut'));
    const cut = await send('cut');
    await reach(world, cut, 'unknown');
    const after = await send('after');
    world.clock.advance(30 * SECOND);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await statuses(world.pool, after.id)).toEqual(['queued']);
    world.script.send = async () => ({ proof: 'sent' });
    await world.process.deliveries.retry(userId, (await ledger(userId, cut.id)).id);
    await reach(world, after, 'sent');
    expect(world.script.texts().slice(-2)).toEqual(['cut', 'after']);
  });
});

describe('by hand', () => {
  test('a delivery that waits is cancelled, and the next step of its route begins', async () => {
    const userId = await makeUser(world.prisma);
    const text = await makeAccount(world, userId, 'text', { offline: true });
    await makeAccount(world, userId, 'post');
    const contact = await world.process.contacts.create(userId, {
      name: 'Anna',
      buddies: [],
      addresses: [
        { kind: 'email', value: 'anna@example.org' },
        { kind: 'phone', value: '+4915112345678' },
      ],
    });
    const route = { mode: 'fallback' as const, channels: ['sms' as const, 'email' as const], within: 'PT1H' };
    const { message, deliveries } = await world.messages.send(userId, contact.conversationId!, {
      ...plain('hello'),
      route,
    });
    const first = deliveries.find((one) => one.accountId === text.id)!;
    const cancelled = await world.process.deliveries.cancel(userId, first.id);
    expect(cancelled).toMatchObject({ status: 'cancelled', reason: 'You cancelled it.' });
    await reach(world, message, 'cancelled', 'sent');
    await expect(world.process.deliveries.cancel(userId, first.id)).rejects.toMatchObject({ code: 'cannot-cancel' });
  });

  test('one that is being sent cannot be cancelled', async () => {
    const { userId, send } = await alone('plain');
    let go = (): void => undefined;
    world.script.send = () => new Promise((resolve) => (go = () => resolve({ proof: 'sent' })));
    const message = await send('on its way');
    await reach(world, message, 'sending');
    const { id } = await ledger(userId, message.id);
    await expect(world.process.deliveries.cancel(userId, id)).rejects.toMatchObject({ code: 'cannot-cancel' });
    go();
    await reach(world, message, 'sent');
  });

  test.each(['sent', 'failed'] as const)('one in doubt is decided: %s', async (outcome) => {
    const { userId, send } = await alone('plain');
    refuse('cut', () => new AdapterError('unknown-outcome', 'the line was cut'));
    const message = await send('cut');
    await reach(world, message, 'unknown');
    const { id } = await ledger(userId, message.id);
    const said = outcome === 'sent' ? 'You said that it arrived.' : 'You said that it did not arrive.';
    expect(await world.process.deliveries.resolve(userId, id, outcome)).toMatchObject({
      status: outcome,
      attempts: [
        { outcome: 'unknown', reason: 'the line was cut' },
        { outcome, reason: said },
      ],
    });
    await expect(world.process.deliveries.resolve(userId, id, outcome)).rejects.toMatchObject({
      code: 'cannot-resolve',
    });
  });

  test('another user’s is not found', async () => {
    const { userId, send } = await alone('plain', { offline: true });
    const stranger = await makeUser(world.prisma);
    const mine = await send('mine');
    const { id } = await ledger(userId, mine.id);
    const { deliveries } = world.process;
    for (const attempt of [() => deliveries.cancel(stranger, id), () => deliveries.resolve(stranger, id, 'sent')])
      await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
    expect(await statuses(world.pool, mine.id)).toEqual(['queued']);
  });
});

describe('sent again', () => {
  test('what failed is a new message to a network that would swallow a repeat; a late bounce of the first is not its', async () => {
    const { userId, account, send } = await alone('post');
    refuse('hello', () => new AdapterError('rejected', 'the mailbox is full'));
    const message = await send('hello');
    await reach(world, message, 'failed');
    const { id } = await ledger(userId, message.id);
    world.script.send = async () => ({ proof: 'sent', providerId: 'queued as 1' });
    await world.process.deliveries.retry(userId, id);
    await reach(world, message, 'sent');
    const [first, second] = world.script.seen.map(({ key }) => key);
    expect(first).toBe(id);
    expect(second).not.toBe(id);
    expect((await ledger(userId, message.id)).attempts).toMatchObject([
      { outcome: 'failed', reason: 'the mailbox is full' },
      { outcome: 'sent', providerId: 'queued as 1' },
    ]);
    const receipt = (target: string) => ({
      ...{ type: 'receipt' as const, target, proves: 'failed' as const, reason: 'bounced', at: world.clock.now() },
    });
    await deliver(world, account, receipt(first!));
    expect(await statuses(world.pool, message.id)).toEqual(['sent']);
    await deliver(world, account, receipt(second!));
    expect(await statuses(world.pool, message.id)).toEqual(['failed']);
  });

  test('what is in doubt keeps its key', async () => {
    const { userId, send } = await alone('plain');
    refuse('cut', () => new AdapterError('unknown-outcome', 'the line was cut'));
    const message = await send('cut');
    await reach(world, message, 'unknown');
    world.script.send = async () => ({ proof: 'sent' });
    await world.process.deliveries.retry(userId, (await ledger(userId, message.id)).id);
    await reach(world, message, 'sent');
    expect(new Set(world.script.seen.map(({ key }) => key)).size).toBe(1);
  });
});

describe('left in the middle of a send by a killed process', () => {
  test.each(['switched off', 'removed'])('of an account that was %s: it ends all the same', async (how) => {
    const { userId, account, send } = await alone('plain');
    world.script.send = () => new Promise(() => {});
    const message = await send('half sent');
    await reach(world, message, 'sending');
    const change = how === 'removed' ? 'deleted_at = now(), enabled = false' : 'enabled = false';
    await world.pool.query(`UPDATE accounts SET ${change} WHERE id = $1`, [account.id]);
    await world.restart();
    await reach(world, message, 'unknown');
    expect((await ledger(userId, message.id)).reason).toMatch(/may have been sent/);
  });
});

test('what expires early fails early', async () => {
  const { userId, send } = await alone('plain', { offline: true });
  const message = await send('soon or never', { expiresIn: 'PT10M' });
  const { expiresAt } = await ledger(userId, message.id);
  expect(Date.parse(expiresAt) - world.clock.now()).toBeLessThanOrEqual(600 * SECOND);
  await world.restart();
  world.clock.advance(HOUR);
  await until(async () => {
    world.clock.advance(5 * SECOND);
    expect(await statuses(world.pool, message.id)).toEqual(['failed']);
  });
});
