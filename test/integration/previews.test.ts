import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Templates } from '../../src/infra/database/templates.js';
import { makeAccount, makeUser, open, plain, reach, startWorld, statuses, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ linkBase: 'https://parley.example' });
});
afterAll(() => world.stop());

/** Ann on a chat network, by mail and by phone. */
async function ann() {
  const userId = await makeUser(world.prisma);
  const talk = await makeAccount(world, userId, 'talk');
  await makeAccount(world, userId, 'post');
  const text = await makeAccount(world, userId, 'text');
  const contact = await world.process.contacts.create(userId, {
    name: 'Ann Smith',
    buddies: [{ accountId: talk.id, address: 'ann' }],
    addresses: [
      { kind: 'email', value: 'ann@example.org' },
      { kind: 'phone', value: '+4915112345678' },
    ],
  });
  const file = await world.attachments.put(userId, {
    name: 'photo.jpg',
    type: 'image/jpeg',
    content: (async function* () {
      yield Buffer.from('photo');
    })(),
  });
  return { userId, talk, text, contact, conversationId: contact.conversationId!, file };
}

const ALL = { mode: 'all' as const, channels: ['im' as const, 'email' as const, 'sms' as const] };
const rows = async (userId: string) =>
  (
    await world.pool.query(
      `SELECT (SELECT count(*)::int FROM messages WHERE user_id = $1) AS messages, (SELECT rev FROM users WHERE id = $1) AS rev,
         (SELECT count(*)::int FROM chats c JOIN accounts a ON a.id = c.account_id WHERE a.user_id = $1) AS chats`,
      [userId],
    )
  ).rows[0];
/** Links lead somewhere else each time, and are of one length. */
const withoutLinks = (text: string) =>
  text.replace(/\/f\/[\w-]{22}\?s=[\w-]{22}/g, '/f/…').replace(/\/l\/[\w-]{9}/g, '/l/…');

describe('a preview', () => {
  test('is what is sent, by each way, and leaves nothing behind', async () => {
    const { userId, conversationId, file } = await ann();
    const request = {
      ...plain(`Dear **{{firstName}}**: https://shop.example/${'x'.repeat(40)}`),
      format: 'markdown' as const,
      subject: 'For {{name}}',
      attachments: [file.id],
      variants: { sms: { text: `{{firstName}}: https://shop.example/${'x'.repeat(40)}` } },
      shortenLinks: true,
      route: ALL,
    };
    const before = await rows(userId);
    const { recipients, total, byChannel } = await world.process.previews.conversation(userId, conversationId, request);
    expect(await rows(userId)).toEqual(before);
    expect([total, byChannel]).toEqual([1, { im: 1, email: 1, sms: 1, none: 0 }]);
    expect(recipients).toHaveLength(1);
    expect(recipients[0]).toMatchObject({ name: 'Ann Smith', contactId: expect.anything() });
    const { steps } = recipients[0]!;

    world.script.seen.length = 0;
    const { message } = await world.messages.send(userId, conversationId, request);
    await reach(world, message, 'sent', 'sent', 'sent');
    const sent = world.script.seen.map(({ account, text, message: { html, subject } }) => ({
      account,
      text,
      html,
      subject,
    }));
    expect(steps).toHaveLength(3);
    for (const step of steps) {
      const real = sent.find(({ account }) => account === step.accountId)!;
      expect(withoutLinks(step.text)).toBe(withoutLinks(real.text));
      expect(step.text).toHaveLength(real.text.length);
      expect(withoutLinks(step.html ?? '')).toBe(withoutLinks(real.html ?? ''));
      if (step.channel === 'email') expect(step.subject).toBe(real.subject);
    }
    const bySms = steps.find(({ channel }) => channel === 'sms');
    expect(bySms).toMatchObject({
      text: expect.stringMatching(/^Ann: https:\/\/parley\.example\/l\/x{9}\nphoto\.jpg \(5 bytes\): https:/),
      links: [{ name: 'photo.jpg', expiresAt: new Date(world.clock.now() + 7 * 86_400_000).toISOString() }],
      losses: ['the subject is left out', expect.stringMatching(/^1 file goes as a link until /)],
    });
    expect(steps.find(({ channel }) => channel === 'email')?.losses).toEqual([]);
  });

  test('says what keeps it from a person, and refuses words that could never go', async () => {
    const { userId, conversationId, contact } = await ann();
    const { previews, contacts } = world.process;
    const long = await previews.conversation(userId, conversationId, {
      ...plain('x'.repeat(161)),
      route: { mode: 'first', channels: ['sms'] },
    });
    expect(long.recipients[0]).toMatchObject({ problem: expect.stringContaining('at most 160'), steps: [] });
    expect(long.byChannel).toEqual({ im: 0, email: 0, sms: 0, none: 1 });
    const many = previews.many(userId, { ...plain('Hi {{nmae}}'), to: [contact.id] });
    await expect(many).rejects.toMatchObject({ code: 'unknown-placeholder' });
    const nobody = await contacts.create(userId, { name: 'Nobody', buddies: [], addresses: [] });
    const both = await previews.many(userId, { ...plain('Hi {{firstName}}'), to: [contact.id, nobody.id] });
    expect(both.recipients.map(({ name, problem, steps }) => [name, problem !== undefined, steps[0]?.text])).toEqual([
      ['Ann Smith', false, 'Hi Ann'],
      ['Nobody', true, undefined],
    ]);
    expect(both.byChannel.none).toBe(1);
  });

  test('tells what it is expected to cost, from what the last one did', async () => {
    const { userId, conversationId } = await ann();
    const route = { mode: 'first' as const, channels: ['sms' as const] };
    world.script.send = async () => ({ proof: 'sent', parts: 2, cost: { amount: '0.15', currency: 'EUR' } });
    const { message } = await world.messages.send(userId, conversationId, { ...plain('one'), route });
    await reach(world, message, 'sent');
    world.script.send = async () => ({ proof: 'sent' });
    const { recipients } = await world.process.previews.conversation(userId, conversationId, {
      ...plain('two'),
      route,
    });
    expect(recipients[0]!.steps[0]!.cost).toEqual({ amount: '0.075', currency: 'EUR' });
    // A route that looks at the cost, and words that speak of the person.
    const limited = { steps: [{ channels: ['sms' as const], only: { maxCost: { amount: '0.1', currency: 'EUR' } } }] };
    const named = await world.process.previews.conversation(userId, conversationId, {
      ...plain('Hi {{firstName}}'),
      route: limited,
    });
    expect(named.recipients[0]!.steps[0]).toMatchObject({ text: 'Hi Ann', cost: { amount: '0.075' } });
  });

  test('of a group is one for each member, by their own way', async () => {
    const { userId, contact, talk } = await ann();
    const bob = await world.process.contacts.create(userId, {
      name: 'Bob',
      buddies: [],
      addresses: [{ kind: 'phone', value: '+4915187654321' }],
    });
    await open(world, talk, 'carl');
    const group = await world.process.groups.create(userId, {
      name: 'Us',
      contactIds: [contact.id, bob.id],
      relay: false,
    });
    const request = plain('Hi {{firstName}}');
    const preview = await world.process.previews.conversation(userId, group.id, request);
    expect(preview.recipients.map(({ name, steps }) => [name, steps[0]?.channel, steps[0]?.text])).toEqual([
      ['Ann Smith', 'im', 'Hi Ann'],
      ['Bob', 'sms', 'Hi Bob'],
    ]);
    world.script.seen.length = 0;
    const { message } = await world.messages.send(userId, group.id, request);
    await reach(world, message, 'sent', 'sent');
    expect(world.script.texts().sort()).toEqual(['Hi Ann', 'Hi Bob']);
    expect(message.text).toBe('Hi {{firstName}}');
    expect(await world.process.previews.many(userId, { ...request, groupId: group.id })).toEqual(preview);
  });

  test('of 2,000 people shows 20 and counts the others, without asking a network', async () => {
    const { userId, contact } = await ann();
    await world.pool.query(
      `WITH people AS (
         INSERT INTO contacts (id, user_id, name, rev) SELECT gen_random_uuid(), $1, 'Person ' || n, 0 FROM generate_series(1, 2000) n
         RETURNING id, substr(name, 8)::int AS n)
       INSERT INTO contact_addresses (id, contact_id, home_id, kind, value)
       SELECT gen_random_uuid(), id, id, CASE WHEN n % 2 = 0 THEN 'phone' ELSE 'email' END,
         CASE WHEN n % 2 = 0 THEN '+49151' || (10000000 + n) ELSE 'p' || n || '@example.org' END FROM people WHERE n % 10 > 0`,
      [userId],
    );
    const { rows: people } = await world.pool.query<{ id: string }>(
      'SELECT id FROM contacts WHERE user_id = $1 AND id <> $2 AND merged_into IS NULL ORDER BY name',
      [userId, contact.id],
    );
    const since = performance.now();
    const { recipients, total, byChannel } = await world.process.previews.many(userId, {
      ...plain('Hi {{firstName}}'),
      to: people.map(({ id }) => id),
    });
    expect(recipients).toHaveLength(20);
    expect([total, byChannel]).toEqual([2000, { im: 0, email: 1000, sms: 800, none: 200 }]);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

describe('templates', () => {
  test('are kept, changed and deleted; words that could never go are refused', async () => {
    const templates = new Templates(world.pool);
    const [userId, other] = [await makeUser(world.prisma), await makeUser(world.prisma)];
    const made = await templates.create(userId, {
      name: 'Reminder',
      text: 'Hi {{firstName}}',
      format: 'markdown',
      variants: { sms: { text: 'Hi!' }, email: { text: 'Dear {{name}}', subject: 'Reminder' } },
    });
    expect(await templates.list(userId, { limit: 10 })).toEqual({ items: [made], nextCursor: null });
    const changed = await templates.patch(userId, made.id, { variants: null, subject: 'Soon' });
    expect(changed).toEqual({ ...made, variants: undefined, subject: 'Soon' });
    await expect(templates.patch(userId, made.id, { subject: null, text: '{{who}}' })).rejects.toMatchObject({
      code: 'unknown-placeholder',
      fields: { text: expect.anything() },
    });
    const bad = { name: 'x', text: 'x', format: 'plain' as const, variants: { sms: { text: '{{who}}' } } };
    await expect(templates.create(userId, bad)).rejects.toMatchObject({
      fields: { 'variants.sms.text': expect.anything() },
    });
    for (const attempt of [
      () => templates.patch(other, made.id, { name: 'mine' }),
      () => templates.remove(other, made.id),
    ])
      await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
    await templates.remove(userId, made.id);
    expect((await templates.list(userId, { limit: 10 })).items).toEqual([]);
  });

  test('are at most 200, however many come at once', async () => {
    const templates = new Templates(world.pool);
    const userId = await makeUser(world.prisma);
    const one = { name: 'x', text: 'x', format: 'plain' as const };
    await world.pool.query(
      `INSERT INTO templates (id, user_id, name, text) SELECT gen_random_uuid(), $1, 'x', 'x' FROM generate_series(1, 195)`,
      [userId],
    );
    const made = await Promise.allSettled(Array.from({ length: 9 }, () => templates.create(userId, one)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const pages = [await templates.list(userId, { limit: 150 })];
    pages.push(await templates.list(userId, { limit: 150, cursor: pages[0]!.nextCursor! }));
    expect(pages.map(({ items }) => items.length)).toEqual([150, 50]);
    expect(await statuses(world.pool, pages[0]!.items[0]!.id)).toEqual([]);
  });
});
