import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RoutePolicy } from '../../src/core/routing/policy.js';
import { PgPresenceStore } from '../../src/infra/database/presence.js';
import { Routes } from '../../src/infra/database/routes.js';
import { AdapterError } from '../../src/sdk/index.js';
import {
  connect,
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

const MINUTE = 60_000;

let world: World;
let routes: Routes;
beforeAll(async () => {
  world = await startWorld();
  routes = new Routes(world.pool, world.process.supervisor, () => {});
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.offline.clear();
  world.script.send = async () => ({ proof: 'sent' });
});

/** A contact with a buddy on `talk` and typed addresses, and an account for each. */
async function everywhere({ offline = [] }: { offline?: string[] } = {}) {
  const userId = await makeUser(world.prisma);
  const account = (network: string) => makeAccount(world, userId, network, { offline: offline.includes(network) });
  const [talk, post, text] = [await account('talk'), await account('post'), await account('text')];
  const contact = await world.process.contacts.create(userId, {
    name: 'Anna',
    buddies: [{ accountId: talk.id, address: 'anna' }],
    addresses: [
      { kind: 'email', value: 'anna@example.org' },
      { kind: 'phone', value: '+4915112345678' },
    ],
  });
  const conversationId = contact.conversationId!;
  const send = async (words: string, more: object = {}) =>
    (await world.messages.send(userId, conversationId, { ...plain(words), ...more })).message;
  const ledger = (id: string) => world.messages.deliveries(userId, id);
  const conversation = () => world.process.conversations.get(userId, conversationId);
  const save = async (name: string, policy: RoutePolicy) => (await routes.create(userId, { name, policy })).id;
  return { userId, talk, post, text, contact, conversationId, send, ledger, conversation, save };
}

const FAMILY: RoutePolicy = {
  steps: [{ channels: ['im'] }, { channels: ['sms'], unless: 'delivered', within: 'PT5M' }, { channels: ['email'] }],
};
const by = (...channels: ('im' | 'email' | 'sms')[]): RoutePolicy => ({ steps: [{ channels }] });
const channelsSeen = (all: { id: string; channel: string }[]) =>
  world.script.seen.map((seen) => all.find(({ id }) => id === seen.account)?.channel);
/** Of a person on `talk`, as the network said it. */
const presence = (userId: string, state: string) =>
  world.pool.query(
    `UPDATE buddies b SET presence = $2 FROM accounts a WHERE a.id = b.account_id AND a.user_id = $1 AND b.address = 'anna'`,
    [userId, state],
  );

describe('a policy, from acceptance to the wire', () => {
  test('IM, and if not delivered in 5 minutes SMS, and email in any case', async () => {
    const { send, ledger } = await everywhere();
    const message = await send('dinner', { route: FAMILY });
    await reach(world, message, 'sent', 'queued', 'sent');
    world.clock.advance(5 * MINUTE);
    await reach(world, message, 'sent', 'sent', 'sent');
    expect((await ledger(message.id)).map(({ channel, why }) => [channel, why])).toEqual([
      ['im', 'IM: step 1 of the message’s route'],
      ['sms', 'SMS because IM had not proven delivered within 5 minutes: step 2 of the message’s route'],
      ['email', 'Email in any case: step 3 of the message’s route'],
    ]);
  });

  test('the proof comes: the SMS is left out and says why', async () => {
    const { send, ledger, talk } = await everywhere();
    world.script.send = async ({ key }) => ({ proof: 'sent', remoteId: key });
    const message = await send('dinner', { route: FAMILY });
    await reach(world, message, 'sent', 'queued', 'sent');
    const [im] = await ledger(message.id);
    await deliver(world, talk, { type: 'receipt', target: im!.id, proves: 'delivered', at: world.clock.now() });
    await reach(world, message, 'delivered', 'cancelled', 'sent');
    expect((await ledger(message.id))[1]).toMatchObject({ reason: 'IM has proven "delivered"' });
  });

  test('IM fails: SMS at once, with the reason', async () => {
    const { send, ledger, talk } = await everywhere();
    world.script.send = async ({ account }) => {
      if (account === talk.id) throw new AdapterError('rejected', 'no such nick');
      return { proof: 'sent' };
    };
    const message = await send('dinner', { route: FAMILY });
    await reach(world, message, 'failed', 'sent', 'sent');
    expect((await ledger(message.id))[1]!.why).toBe(
      'SMS because IM failed (no such nick): step 2 of the message’s route',
    );
  });

  test('a step that its conditions leave out stands in the ledger with the reason', async () => {
    const { userId, send, ledger } = await everywhere();
    await presence(userId, 'offline');
    const policy: RoutePolicy = {
      steps: [
        { channels: ['im'], only: { online: true } },
        { channels: ['sms'], unless: 'delivered' },
      ],
    };
    const message = await send('quick', { route: policy });
    await reach(world, message, 'cancelled', 'sent');
    expect(await ledger(message.id)).toMatchObject([
      { channel: 'im', reason: 'The route leaves it out: they were not seen as online there', attempts: [] },
      { channel: 'sms', why: 'SMS as nothing goes by IM: step 2 of the message’s route' },
    ]);
  });

  test('conditions are looked at again when the step comes up', async () => {
    const { userId, send, ledger } = await everywhere();
    await presence(userId, 'online');
    const policy: RoutePolicy = {
      steps: [{ channels: ['email'] }, { channels: ['im'], unless: 'read', within: 'PT5M', only: { online: true } }],
    };
    const message = await send('later', { route: policy });
    await reach(world, message, 'sent', 'queued');
    await presence(userId, 'offline');
    world.clock.advance(5 * MINUTE);
    await reach(world, message, 'sent', 'cancelled');
    expect((await ledger(message.id))[1]!.reason).toBe('The route leaves it out: they were not seen as online there');
  });

  test('quiet hours: what is due in them goes when they end, and says when', async () => {
    const { send, ledger } = await everywhere();
    const now = new Date(world.clock.now());
    const time = (ms: number) => new Date(now.getTime() + ms).toISOString().slice(11, 16);
    const quiet = { from: time(-60 * MINUTE), to: time(60 * MINUTE), zone: 'UTC', otherwise: 'wait' as const };
    const message = await send('not now', { route: { steps: [{ channels: ['im'], only: { quiet } }] } });
    const end = Math.floor(now.getTime() / MINUTE) * MINUTE + 60 * MINUTE;
    expect((await ledger(message.id))[0]).toMatchObject({ status: 'queued', dueAt: new Date(end).toISOString() });
    const urgent = await send('now', { route: { steps: [{ channels: ['im'], only: { quiet } }] }, urgency: 'urgent' });
    await reach(world, urgent, 'sent');
    world.clock.advance(60 * MINUTE);
    await reach(world, message, 'sent');
  });

  test('the cost of the last message counts, for all parts', async () => {
    const { send, ledger } = await everywhere();
    const within = (amount: string): RoutePolicy => ({
      steps: [
        { channels: ['sms'], only: { maxCost: { amount, currency: 'EUR' } } },
        { channels: ['email'], unless: 'sent' },
      ],
    });
    world.script.send = async () => ({ proof: 'sent', parts: 2, cost: { amount: '0.15', currency: 'EUR' } });
    const first = await send('nobody knows yet', { route: within('0.01') });
    await reach(world, first, 'sent', 'queued').catch(() => reach(world, first, 'sent', 'cancelled'));
    const cheap = await send('cheap', { route: within('0.08') });
    expect((await ledger(cheap.id))[0]).toMatchObject({
      channel: 'sms',
      status: expect.not.stringMatching('cancelled'),
    });
    const dear = await send('dear', { route: within('0.07') });
    expect(await ledger(dear.id)).toMatchObject([
      { status: 'cancelled', reason: 'The route leaves it out: it would cost about 0.075 EUR, more than 0.07' },
      { channel: 'email' },
    ]);
  });

  test('sent again by hand, it goes in any case, and its proof spares the steps after it', async () => {
    const { send, ledger, talk } = await everywhere({ offline: ['text'] });
    let refuse = true;
    world.script.send = async ({ account, key }) => {
      if (refuse && account === talk.id) throw new AdapterError('rejected', 'blocked');
      return { proof: 'delivered', remoteId: key };
    };
    const route = {
      mode: 'fallback' as const,
      channels: ['im' as const, 'sms' as const],
      unless: 'delivered' as const,
    };
    const message = await send('again', { route });
    await reach(world, message, 'failed', 'queued');
    refuse = false;
    await world.process.deliveries.retry(talk.userId, (await ledger(message.id))[0]!.id);
    await until(async () =>
      expect((await statuses(world.pool, message.id)).sort()).toEqual(['cancelled', 'delivered']),
    );
  });
});

describe('who says by which way', () => {
  test('message, then conversation, then contact, then profile, then the rule', async () => {
    const own = await everywhere();
    const { userId, talk, post, text, contact, conversationId, send, save } = own;
    const all = [talk, post, text].map(({ id, channel }) => ({ id, channel }));
    const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM profiles WHERE user_id = $1', [userId]);
    const went = async (more: object = {}) => {
      world.script.seen.length = 0;
      const message = await send('hi', more);
      await reach(world, message, 'sent');
      return channelsSeen(all);
    };
    expect(await went()).toEqual(['im']);
    await routes.ofProfile(userId, rows[0]!.id, await save('P', by('email')));
    expect(await went()).toEqual(['email']);
    await world.process.contacts.patch(userId, contact.id, { routeId: await save('K', by('sms')) });
    expect(await went()).toEqual(['sms']);
    const ofConversation = await save('C', by('email'));
    await world.process.conversations.patch(userId, conversationId, { routeId: ofConversation });
    expect(await went()).toEqual(['email']);
    await world.process.conversations.patch(userId, conversationId, { via: talk.id });
    expect(await went()).toEqual(['im']);
    expect(await went({ route: { id: ofConversation } })).toEqual(['email']);
    expect(await went({ via: text.id })).toEqual(['sms']);
    expect(await own.conversation()).toMatchObject({ routeId: ofConversation, via: talk.id, whenStuck: 'wait' });
  });

  test('the rule: where they wrote in the last ten minutes, then the most available buddy', async () => {
    const { userId, talk, post, text, send } = await everywhere();
    const all = [talk, post, text].map(({ id, channel }) => ({ id, channel }));
    await presence(userId, 'online');
    await deliver(world, post, {
      type: 'message',
      chat: { id: 'with:anna@example.org', kind: 'direct' },
      id: 'm1',
      from: { id: 'anna@example.org', address: 'anna@example.org' },
      text: 'hello',
      format: 'plain',
      at: world.clock.now(),
    });
    await world.pool.query(
      `UPDATE buddies SET contact_id = (SELECT contact_id FROM buddies WHERE address = 'anna' AND account_id = $1)
      WHERE address = 'anna@example.org' AND account_id = $2`,
      [talk.id, post.id],
    );
    await world.pool.query(
      `UPDATE chats SET conversation_id = (SELECT conversation_id FROM chats WHERE account_id = $1 LIMIT 1) WHERE account_id = $2`,
      [talk.id, post.id],
    );
    const answer = await send('here');
    await reach(world, answer, 'sent');
    world.clock.advance(11 * MINUTE);
    const later = await send('there');
    await reach(world, later, 'sent');
    expect(channelsSeen(all)).toEqual(['email', 'im']);
  });

  test('a forced account is let go of when it goes offline, and the conversation says so', async () => {
    const { userId, talk, conversationId, conversation, send, ledger } = await everywhere();
    await world.process.conversations.patch(userId, conversationId, { via: talk.id });
    const before = await conversation();
    world.script.hosts.get(talk.id)!.state({ is: 'waiting', retryAt: world.clock.now() + MINUTE, why: 'gone' });
    await until(async () => expect((await conversation()).via).toBeNull());
    expect((await conversation()).rev).toBeGreaterThan(before.rev);
    const [delivery] = await ledger((await send('another way')).id);
    expect(delivery!.channel).not.toBe('im');
    await connect(world, talk.id);
    expect((await conversation()).via).toBeNull();
  });

  test('and as soon as the network says that the person went offline there', async () => {
    const { userId, talk, conversationId, conversation } = await everywhere();
    const seen = async (id: string, state: 'online' | 'offline') =>
      new PgPresenceStore(world.pool).store(
        { id: talk.id, userId, network: 'talk' },
        [{ type: 'presence', buddy: { id, address: id }, state }],
        world.clock.now(),
      );
    await seen('anna', 'online');
    await world.process.conversations.patch(userId, conversationId, { via: talk.id });
    await seen('somebody else', 'offline');
    expect((await conversation()).via).toBe(talk.id);
    await seen('anna', 'offline');
    expect((await conversation()).via).toBeNull();
  });

  test('and when the person goes offline there: at the next message at the latest', async () => {
    const { userId, talk, conversationId, conversation, send, ledger } = await everywhere();
    await world.process.conversations.patch(userId, conversationId, { via: talk.id });
    await presence(userId, 'offline');
    const [delivery] = await ledger((await send('another way')).id);
    expect(delivery!.why).not.toContain('chosen');
    expect((await conversation()).via).toBeNull();
    await expect(world.process.conversations.patch(userId, conversationId, { via: talk.id })).rejects.toMatchObject({
      code: 'via-away',
    });
  });
});

describe('saved routes', () => {
  test('say what they do and what never comes; a policy that makes no sense is refused', async () => {
    const { userId } = await everywhere();
    const route = await routes.create(userId, { name: 'Family', policy: FAMILY });
    expect(route).toMatchObject({
      name: 'Family',
      sentence: 'IM, and if not delivered in 5 minutes SMS, and email in any case',
      problems: [],
    });
    const changed = await routes.patch(userId, route.id, {
      policy: { steps: [{ channels: ['sms'] }, { channels: ['im'], unless: 'read', within: 'PT1H' }] },
    });
    expect(changed.problems).toEqual([
      'Nothing by SMS is ever proven read: step 2 always goes, 1 hour after the step before it.',
    ]);
    const bad: RoutePolicy = { steps: [{ channels: ['im'] }, { channels: ['sms'], unless: 'read', within: 'P9D' }] };
    await expect(routes.create(userId, { name: 'Bad', policy: bad })).rejects.toMatchObject({
      fields: { 'route.steps.1.within': expect.any(String) },
    });
    expect((await routes.list(userId, { limit: 10 })).items.map(({ id }) => id)).toEqual([route.id]);
  });

  test('one that is deleted is nobody’s any more; clients learn of it', async () => {
    const { userId, contact, conversationId, conversation, save, send } = await everywhere();
    const id = await save('K', by('sms'));
    const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM profiles WHERE user_id = $1', [userId]);
    await routes.ofProfile(userId, rows[0]!.id, id);
    await world.process.contacts.patch(userId, contact.id, { routeId: id });
    await world.process.conversations.patch(userId, conversationId, { routeId: id });
    const [before, there] = [await conversation(), await world.process.contacts.get(userId, contact.id)];
    await routes.remove(userId, id);
    const [after, now] = [await conversation(), await world.process.contacts.get(userId, contact.id)];
    expect([after.routeId, now.routeId]).toEqual([null, null]);
    expect(after.rev).toBeGreaterThan(before.rev);
    expect(now.rev).toBeGreaterThan(there.rev);
    await reach(world, await send('by the rule'), 'sent');
    await expect(send('gone', { route: { id } })).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('there are at most a hundred', async () => {
    const userId = await makeUser(world.prisma);
    for (let at = 0; at < 100; at += 1) await routes.create(userId, { name: `${at}`, policy: by('im') });
    await expect(routes.create(userId, { name: 'one more', policy: by('im') })).rejects.toMatchObject({
      code: 'too-many-routes',
    });
  });

  test('another user’s is unknown', async () => {
    const [mine, theirs] = [await everywhere(), await everywhere()];
    const id = await theirs.save('T', by('sms'));
    const tries = [
      () => routes.patch(mine.userId, id, { name: 'x' }),
      () => routes.remove(mine.userId, id),
      () => mine.send('x', { route: { id } }),
      () => world.process.contacts.patch(mine.userId, mine.contact.id, { routeId: id }),
      () => world.process.conversations.patch(mine.userId, mine.conversationId, { routeId: id }),
      () => world.process.conversations.patch(mine.userId, mine.conversationId, { via: theirs.talk.id }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
  });
});
