import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { broadcast as broadcastShape } from '../../src/api/contract/broadcasts.js';
import type { AccountRow } from '../../src/core/accounts/store.js';
import { newId } from '../../src/core/ids.js';
import type { BroadcastProgress, BroadcastView } from '../../src/core/views.js';
import { ChangeLog } from '../../src/infra/database/views/changes.js';
import { AdapterError } from '../../src/sdk/index.js';
import { makeAccount, makeUser, open, plain, reach, startWorld, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.restart();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.seen.length = 0;
  world.script.send = async () => ({ proof: 'sent' });
});

const letter = (text: string) => ({ text, format: 'plain' as const, attachments: [] });
/** Time goes on until it is so. */
const until = <T>(check: () => T | Promise<T>, timeout = 90_000) =>
  vi.waitFor(
    async () => {
      world.clock.advance(250);
      return check();
    },
    { timeout, interval: 15 },
  );

/** Contacts with a typed phone number or mail address each, in one statement. */
async function people(userId: string, count: number, kind: 'phone' | 'email'): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const values = ids.map((_, at) => (kind === 'phone' ? `+44770${1_000_000 + at}` : `p${at}@example.org`));
  await world.pool.query(
    `WITH x AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS x(id, value)), c AS (
       INSERT INTO contacts (id, user_id, name, named, rev) SELECT id, $1, 'P ' || value, true, 0 FROM x)
     INSERT INTO contact_addresses (id, contact_id, home_id, kind, value) SELECT gen_random_uuid(), id, id, $4, value FROM x`,
    [userId, ids, values, kind],
  );
  return ids;
}

async function scene(count: number) {
  const userId = await makeUser(world.prisma);
  const text = await makeAccount(world, userId, 'text');
  const post = await makeAccount(world, userId, 'post');
  const to = [
    ...(await people(userId, Math.ceil(count / 2), 'phone')),
    ...(await people(userId, Math.floor(count / 2), 'email')),
  ];
  return { userId, text, post, to };
}
const get = (s: { userId: string }, { id }: Pick<BroadcastView, 'id'>) => world.process.broadcasts.get(s.userId, id);
const nobody: BroadcastProgress = {
  ...{ waiting: 0, problem: 0, queued: 0, sending: 0, sent: 0 },
  ...{ delivered: 0, read: 0, failed: 0, unknown: 0, cancelled: 0 },
};
const stands = (s: { userId: string }, one: BroadcastView, wanted: Partial<BroadcastProgress>) =>
  until(async () => expect((await get(s, one)).progress).toEqual({ ...nobody, ...wanted }));
const onWire = (words: string) => world.script.seen.filter(({ text }) => text.includes(words)).map(({ chat }) => chat);
const once = (chats: readonly string[]) => expect(new Set(chats).size).toBe(chats.length);
const changesOf = async (userId: string, since: number) => {
  const log = new ChangeLog(world.pool, world.prisma, {
    ...{ adapters: new Map(), filesAsLinks: false, setup: () => [], keeps: () => undefined, resting: () => undefined },
    features: () => undefined,
  });
  return log.since(userId, since, 1000);
};

describe('a broadcast', () => {
  test('reaches everybody once, each in their own conversation, and says how far it is', async () => {
    const s = await scene(60);
    const dan = newId();
    await world.pool.query(`INSERT INTO contacts (id, user_id, name, named, rev) VALUES ($1, $2, 'Dan', true, 0)`, [
      dan,
      s.userId,
    ]);
    const made = await world.process.broadcasts.create(s.userId, {
      ...letter('Hello {{name}}, we are closed today.'),
      to: [...s.to, dan, s.to[0]!],
    });
    expect(broadcastShape.parse(made)).toMatchObject({ state: 'running', total: 61, progress: { waiting: 61 } });
    await stands(s, made, { sent: 60, problem: 1 });
    const done = await get(s, made);
    expect(done).toMatchObject({ state: 'done', finishedAt: expect.any(String) });
    once(onWire('closed today'));
    expect(onWire('closed today')).toHaveLength(60);
    expect(world.script.seen[0]?.text).toMatch(/^Hello P [+p]/);
    const { items } = await world.process.broadcasts.recipients(s.userId, made.id, { limit: 10, status: 'problem' });
    expect(items).toMatchObject([
      { contactId: dan, name: 'Dan', messageId: null, problem: expect.stringMatching(/\w/) },
    ]);
    const first = await world.process.broadcasts.recipients(s.userId, made.id, { limit: 40, status: 'sent' });
    const rest = await world.process.broadcasts.recipients(s.userId, made.id, {
      ...{ limit: 40, status: 'sent' },
      cursor: first.nextCursor!,
    });
    expect(new Set([...first.items, ...rest.items].map(({ contactId }) => contactId))).toEqual(new Set(s.to));
    expect(rest.nextCursor).toBeNull();
    const { messageId, conversationId } = first.items[0]!;
    const { items: shown } = await world.messages.timeline(s.userId, conversationId!, { limit: 5 });
    expect(shown.map(({ id }) => id)).toEqual([messageId]);
    const { changes } = await changesOf(s.userId, made.rev);
    expect(changes.find(({ kind }) => kind === 'broadcast')).toMatchObject({ id: made.id, rev: done.rev, value: done });
  });

  test('what comes in after it is over still counts', async () => {
    const s = await scene(2);
    world.script.send = async () => ({ proof: 'sent', remoteId: newId() });
    const made = await world.process.broadcasts.create(s.userId, { ...letter('late'), to: s.to });
    await stands(s, made, { sent: 2 });
    await world.pool.query(
      `WITH u AS (UPDATE users SET rev = rev + 1 WHERE id = $1 RETURNING rev)
       UPDATE deliveries SET status = 'delivered', rev = (SELECT rev FROM u) WHERE id = (SELECT id FROM deliveries WHERE user_id = $1 LIMIT 1)`,
      [s.userId],
    );
    await stands(s, made, { sent: 1, delivered: 1 });
  });

  test('is refused whole where anything is wrong with it', async () => {
    const s = await scene(2);
    const other = await scene(1);
    const create = (more: object) => world.process.broadcasts.create(s.userId, { ...letter('x'), to: s.to, ...more });
    await expect(create({ to: [...s.to, ...other.to] })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(create({ route: { id: newId() } })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(create({ text: ' ' })).rejects.toMatchObject({ code: 'empty-message' });
    await expect(create({ attachments: [newId()] })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(create({ to: undefined, groupId: newId() })).rejects.toMatchObject({ kind: 'not-found' });
    expect((await world.process.broadcasts.list(s.userId, { limit: 10 })).items).toEqual([]);
    const twice = [await create({ onceKey: 'k' }), await create({ onceKey: 'k' })];
    expect(twice[1]?.id).toBe(twice[0]?.id);
  });

  test('goes at its time', async () => {
    const s = await scene(3);
    const at = new Date(world.clock.now() + 3_600_000).toISOString();
    const made = await world.process.broadcasts.create(s.userId, { ...letter('later'), to: s.to, sendAt: at });
    for (let turn = 0; turn < 20; turn += 1) {
      world.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(onWire('later')).toEqual([]);
    world.clock.advance(3_600_000);
    await stands(s, made, { sent: 3 });
  });
});

describe('while it is under way', () => {
  /** A network that takes so many and then keeps the next waiting. */
  const takes = (count: number) => {
    let taken = 0;
    world.script.send = async ({ message }) => {
      taken += 1;
      if (taken <= count) return { proof: 'sent' };
      return new Promise((_resolve, reject) => {
        message.signal.addEventListener('abort', () => reject(new AdapterError('temporary', 'given up')));
      });
    };
  };

  test('paused, nothing of it goes out, not even what its network gave back; resumed, it goes on', async () => {
    const s = await scene(160);
    takes(40);
    const made = await world.process.broadcasts.create(s.userId, { ...letter('pause'), to: s.to });
    await until(() => expect(onWire('pause').length).toBeGreaterThan(45));
    const paused = await world.process.broadcasts.pause(s.userId, made.id);
    expect(paused.state).toBe('paused');
    const before = onWire('pause').length;
    world.script.send = async () => ({ proof: 'sent' });
    // Two days: nothing of it fails for its age.
    for (let turn = 0; turn < 40; turn += 1) {
      world.clock.advance(turn < 30 ? 500 : 17_280_000);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(onWire('pause')).toHaveLength(before);
    const held = await get(s, made);
    expect(held.progress).toMatchObject({ sent: 40, failed: 0, sending: 0, unknown: 0 });
    expect((await world.process.broadcasts.pause(s.userId, made.id)).state).toBe('paused');
    expect((await world.process.broadcasts.resume(s.userId, made.id)).state).toBe('running');
    await stands(s, made, { sent: 160 });
    const rows = await world.pool.query('SELECT count(*) AS n FROM messages WHERE broadcast_id = $1', [made.id]);
    expect(rows.rows[0].n).toBe(160);
  });

  test('cancelled, what has not gone out never does, and another message of the user passes', async () => {
    const s = await scene(160);
    takes(40);
    const made = await world.process.broadcasts.create(s.userId, { ...letter('cancel'), to: s.to });
    await until(() => expect(onWire('cancel').length).toBeGreaterThan(45));
    const begun = performance.now();
    const cancelled = await world.process.broadcasts.cancel(s.userId, made.id);
    expect(performance.now() - begun).toBeLessThan(1_000);
    const before = onWire('cancel').length;
    expect(cancelled).toMatchObject({ state: 'cancelled', progress: { waiting: 0, queued: 0 } });
    world.script.send = async () => ({ proof: 'sent' });
    await until(async () => expect((await get(s, made)).finishedAt).not.toBeNull());
    for (let turn = 0; turn < 30; turn += 1) {
      world.clock.advance(2_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(onWire('cancel')).toHaveLength(before);
    expect((await get(s, made)).progress).toEqual({ ...nobody, sent: 40, cancelled: 120 });
    await expect(world.process.broadcasts.resume(s.userId, made.id)).rejects.toMatchObject({ code: 'cannot-resume' });
    // What was given up says nothing of its account.
    expect(world.process.drain.resting(s.text.id)).toBeUndefined();
    const { conversationId } = await open(world, s.text, '+447700900999');
    const { message } = await world.messages.send(s.userId, conversationId, { ...plain('hello'), via: s.text.id });
    await reach(world, message, 'sent');
  });

  test('few wait at a time, and users take turns', async () => {
    const [a, b] = [await scene(200), await scene(20)];
    takes(0);
    const made = await world.process.broadcasts.create(a.userId, { ...letter('many'), to: a.to });
    await until(async () => expect((await get(a, made)).progress.waiting).toBeLessThan(145));
    await until(async () => undefined);
    expect((await get(a, made)).progress.waiting).toBeGreaterThan(110);
    world.script.send = async () => ({ proof: 'sent' });
    const other = await world.process.broadcasts.create(b.userId, { ...letter('few'), to: b.to });
    await stands(b, other, { sent: 20 });
    await world.process.broadcasts.cancel(a.userId, made.id);
  });

  test('an account that is away does not keep back those by other ways', async () => {
    const userId = await makeUser(world.prisma);
    await makeAccount(world, userId, 'text', { offline: true });
    await makeAccount(world, userId, 'post');
    const [sms, mail] = [await people(userId, 90, 'phone'), await people(userId, 20, 'email')];
    const made = await world.process.broadcasts.create(userId, { ...letter('away'), to: [...sms, ...mail] });
    await stands({ userId }, made, { sent: 20, queued: 90 });
    await world.process.broadcasts.cancel(userId, made.id);
    expect((await get({ userId }, made)).progress).toEqual({ ...nobody, sent: 20, cancelled: 90 });
  });

  test('killed in the middle of making batches again and again, everybody has one message', async () => {
    const s = await scene(150);
    const made = await world.process.broadcasts.create(s.userId, { ...letter('kill'), to: s.to });
    for (let kill = 0; kill < 5; kill += 1) {
      await until(() => expect(onWire('kill').length).toBeGreaterThan(12 * (kill + 1)));
      await world.restart();
    }
    await until(async () => {
      const { progress, state } = await get(s, made);
      // What was on its way when it was killed is in doubt; nothing is lost or made twice.
      expect(state).toBe('done');
      expect(progress.sent + progress.unknown).toBe(150);
    }, 90_000);
    const { rows } = await world.pool.query(
      `SELECT count(*) AS n, count(DISTINCT d.contact_id) AS people FROM messages m JOIN deliveries d ON d.message_id = m.id WHERE m.broadcast_id = $1`,
      [made.id],
    );
    expect(rows[0]).toEqual({ n: 150, people: 150 });
    once(onWire('kill').filter((chat) => !chat.includes('@')));
  });
});

describe('for an administrator', () => {
  const admin = newId();
  const dead = async (account: AccountRow, words: string, error: AdapterError) => {
    world.script.send = async () => {
      throw error;
    };
    const { conversationId } = await open(world, account, '+447700900123');
    const { message } = await world.messages.send(account.userId, conversationId, { ...plain(words), via: account.id });
    await reach(world, message, error.kind === 'rejected' ? 'failed' : 'unknown');
    world.script.send = async () => ({ proof: 'sent' });
    return (await world.messages.deliveries(account.userId, message.id))[0]!;
  };

  test('dead letters tell where they stand, not what was written, and are sent again', async () => {
    const s = await scene(1);
    const failed = await dead(s.text, 'secret words', new AdapterError('rejected', 'no such number +447700900123'));
    const unsure = await dead(s.text, 'secret too', new AdapterError('unknown-outcome', 'no answer'));
    const { items } = await world.process.admin.deadLetters({ limit: 10, userId: s.userId });
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      [unsure.id, 'unknown'],
      [failed.id, 'failed'],
    ]);
    expect(JSON.stringify(items)).not.toMatch(/secret|7700900123/);
    expect(items[1]).toMatchObject({ network: 'text', target: '+4…23', attempts: 1, reason: 'no such number +4…23' });
    const overview = await world.process.admin.overview();
    expect(overview.networks.find(({ network }) => network === 'text')).toMatchObject({ failedToday: 1, resting: 0 });
    // By what they have in common failed ones alone; a doubtful one by its id.
    expect(await world.process.admin.replay(admin, { userId: s.userId })).toEqual({ replayed: 1, left: 0 });
    await until(async () => {
      const [view] = await world.messages.deliveries(s.userId, failed.messageId);
      expect(view).toMatchObject({ status: 'sent' });
      expect(view?.attempts.map(({ reason }) => reason)).toContain('Sent again by an administrator.');
    });
    expect(await world.process.admin.replay(admin, { ids: [unsure.id, failed.id, newId()] })).toEqual({
      replayed: 1,
      left: 0,
    });
    expect(world.audits).toContainEqual(
      expect.objectContaining({ adminId: admin, replayed: 1, deliveryIds: [failed.id] }),
    );
    await until(async () =>
      expect((await world.process.admin.deadLetters({ limit: 10, userId: s.userId })).items).toEqual([]),
    );
  });
});
