import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  deliver,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  said,
  startWorld,
  statuses,
  until,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.process.drain.start();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.send = async () => ({ proof: 'sent' });
});

async function alone() {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, 'talk');
  const { chatId, conversationId } = await open(world, account, 'ann');
  const texts = async () =>
    (await world.messages.timeline(userId, conversationId, { limit: 50 })).items.map(({ text }) => text);
  return { userId, account, chatId, conversationId, texts };
}

/** While time goes by. */
const inTime = (message: { id: string }, status: string) =>
  until(async () => {
    world.clock.advance(5_000);
    expect(await statuses(world.pool, message.id)).toEqual([status]);
  });

const kept = async (userId: string) => (await world.process.quarantine.list(userId, { limit: 50 })).items;

/** While `work` runs the database takes no message with this text. */
async function refusing<T>(text: string, work: () => Promise<T>): Promise<T> {
  await world.pool.query(`ALTER TABLE messages ADD CONSTRAINT fault CHECK (text <> '${text}') NOT VALID`);
  try {
    return await work();
  } finally {
    await world.pool.query('ALTER TABLE messages DROP CONSTRAINT fault');
  }
}

test('what cannot be stored is kept with its reason, its chat goes on, and tried again it takes its place', async () => {
  const { userId, account, conversationId, texts } = await alone();
  const at = world.clock.now();
  const picture = { name: 'a.png', type: 'image/png', size: 3, content: Buffer.from('abc') };
  await refusing('poison', async () => {
    await deliver(world, account, said('ann', 'before', at), {
      ...said('ann', 'poison', at + 1),
      attachments: [picture],
    });
    await deliver(world, account, said('ann', 'after', at + 2));
    expect(await texts()).toEqual(
      expect.arrayContaining(['before', 'after', expect.stringContaining('not be stored')]),
    );
    const [one, ...others] = await kept(userId);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ direction: 'in', accountId: account.id, network: 'talk', conversationId, conversationName: 'ann' },
      ...{
        kind: 'message',
        reason: 'storage-refused',
        detail: expect.stringContaining('fault'),
        canRetry: true,
        tries: 0,
      },
      excerpt: expect.stringContaining('"text":"poison"'),
    });
    await expect(world.process.quarantine.retry(userId, one!.id)).rejects.toMatchObject({ code: 'still-fails' });
    expect(await kept(userId)).toMatchObject([{ id: one!.id, tries: 1 }]);
    const stranger = await makeUser(world.prisma);
    expect(await kept(stranger)).toEqual([]);
    await expect(world.process.quarantine.retry(stranger, one!.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(world.process.quarantine.discard(stranger, one!.id)).rejects.toMatchObject({ kind: 'not-found' });
  });
  const [one] = await kept(userId);
  await world.process.quarantine.retry(userId, one!.id);
  expect(await kept(userId)).toEqual([]);
  const { items } = await world.messages.timeline(userId, conversationId, { limit: 50 });
  expect(items.find(({ text }) => text === 'poison')).toMatchObject({ attachments: [{ name: 'a.png', size: 3 }] });
  expect(items.map(({ text }) => text)).toContainEqual(expect.stringContaining('stored at another try'));
});

test('an event whose note cannot be stored either is kept all the same; discarded, it is gone', async () => {
  const { userId, account, texts } = await alone();
  await world.pool.query(`ALTER TABLE messages ADD CONSTRAINT fault CHECK (text !~ 'poison|not be stored') NOT VALID`);
  try {
    await deliver(world, account, said('ann', 'poison', world.clock.now()));
  } finally {
    await world.pool.query('ALTER TABLE messages DROP CONSTRAINT fault');
  }
  const [one] = await kept(userId);
  expect(one).toMatchObject({ direction: 'in', conversationId: null });
  await world.process.quarantine.discard(userId, one!.id);
  expect(await kept(userId)).toEqual([]);
  expect(await texts()).toEqual([]);
});

test('a large one is cut and cannot be tried again; of many, the oldest give way', async () => {
  const { userId, account } = await alone();
  const large = { name: 'a', type: 'text/plain', size: 300_000, content: Buffer.alloc(300_000) };
  await deliver(world, account, { ...said('ann', 'x', world.clock.now()), id: 'bad\0id', attachments: [large] });
  const [one] = await kept(userId);
  expect(one).toMatchObject({ canRetry: false, size: expect.any(Number) });
  expect(one!.size).toBeGreaterThan(400_000);
  await expect(world.process.quarantine.retry(userId, one!.id)).rejects.toMatchObject({ code: 'cut' });
  await world.pool.query(
    `INSERT INTO quarantined (id, user_id, account_id, direction, kind, reason, detail, size)
     SELECT gen_random_uuid(), $1, $2, 'in', 'message', 'internal-error', 'old', 0 FROM generate_series(1, 200)`,
    [userId, account.id],
  );
  await deliver(world, account, { ...said('ann', 'y', world.clock.now()), id: 'bad\0id too' });
  const { rows } = await world.pool.query('SELECT count(*) AS n FROM quarantined WHERE user_id = $1', [userId]);
  expect(rows[0].n).toBe(200);
});

test('what cannot be made ready fails after three tries, nothing of it goes out, and the next goes', async () => {
  const { userId, account, conversationId } = await alone();
  const send = async (text: string) => (await world.messages.send(userId, conversationId, plain(text))).message;
  const host = world.script.hosts.get(account.id)!;
  host.state({ is: 'waiting', retryAt: world.clock.now() + 1_000, why: 'away' });
  const bad = await send('bad');
  world.script.limited.add('throws');
  try {
    host.state({ is: 'online' });
    await inTime(bad, 'failed');
  } finally {
    world.script.limited.delete('throws');
  }
  const next = await send('next');
  await reach(world, next, 'sent');
  expect(world.script.texts()).not.toContain('bad');
  const [one] = await kept(userId);
  expect(one).toMatchObject({
    direction: 'out',
    conversationId,
    kind: 'message',
    reason: 'internal-error',
    canRetry: true,
  });
  await world.process.quarantine.retry(userId, one!.id);
  await reach(world, bad, 'sent');
  expect(await kept(userId)).toEqual([]);
});

test('what cannot even be taken up stands in nobody’s way', async () => {
  const { userId, conversationId } = await alone();
  world.script.limited.clear();
  await world.pool.query(
    `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF EXISTS (SELECT 1 FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id = NEW.delivery_id AND m.text = 'bad')
       THEN RAISE EXCEPTION 'fault' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$`,
  );
  await world.pool.query('CREATE TRIGGER fault BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION fault()');
  try {
    const bad = (await world.messages.send(userId, conversationId, plain('bad'))).message;
    const next = (await world.messages.send(userId, conversationId, plain('next'))).message;
    await inTime(next, 'sent');
    await reach(world, bad, 'failed');
    const [one] = await kept(userId);
    expect(one).toMatchObject({ direction: 'out', reason: 'internal-error', detail: expect.stringContaining('fault') });
    const count = await world.process.admin.overview();
    expect(count.quarantined).toEqual({ in: expect.any(Number), out: 1 });
    await world.process.quarantine.discard(userId, one!.id);
    expect(await kept(userId)).toEqual([]);
  } finally {
    await world.pool.query('DROP TRIGGER fault ON attempts');
    await world.pool.query('DROP FUNCTION fault');
  }
});
