import { afterAll, beforeAll, expect, test } from 'vitest';
import { DomainError } from '../../src/core/errors.js';
import { PgPresenceStore } from '../../src/infra/database/presence.js';
import type { PresenceEvent } from '../../src/sdk/index.js';
import { deliver, makeAccount, makeUser, said, startWorld, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Ann, Bea and Cat, who each wrote once. */
async function three() {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, 'talk');
  const at = world.clock.now() - 10_000;
  for (const [n, name] of ['ann', 'bea', 'cat'].entries())
    await deliver(world, account, said(name, `from ${name}`, at + n));
  const { contacts } = world.process;
  const list = async () => (await contacts.list(userId, { limit: 10 })).items;
  const id = new Map((await list()).map((one) => [one.name, one.id]));
  const texts = async (contactId: string) => {
    const { conversationId } = await contacts.get(userId, contactId);
    const page = await world.messages.timeline(userId, conversationId ?? '', { limit: 10 });
    return page.items.map((item) => item.text);
  };
  return { userId, account, list, texts, ann: id.get('ann')!, bea: id.get('bea')!, cat: id.get('cat')! };
}

test('an undone merge gives a contact all that was its own, also what had been merged into it before', async () => {
  const { userId, ann, bea, cat, list, texts } = await three();
  const { contacts, conversations } = world.process;
  const both = { kind: 'email' as const, value: 'desk@example.org' };
  const own = { kind: 'phone' as const, value: '+41441112233' };
  await contacts.patch(userId, ann, { addresses: [both] });
  await contacts.patch(userId, bea, { addresses: [both, own], favourite: true });
  const before = (await contacts.get(userId, bea)).conversationId;
  await contacts.merge(userId, bea, cat);
  await contacts.merge(userId, ann, bea);
  expect((await list()).map((one) => one.name)).toEqual(['ann']);
  expect((await contacts.get(userId, ann)).addresses).toEqual([both, own]);
  expect(await texts(ann)).toEqual(['from cat', 'from bea', 'from ann']);

  const back = await contacts.unmerge(userId, ann, bea);
  expect(back).toMatchObject({ id: bea, name: 'bea', favourite: true, conversationId: before });
  expect(back.buddies.map((one) => one.name)).toEqual(['bea', 'cat']);
  expect(back.addresses).toEqual([both, own]);
  expect(await texts(bea)).toEqual(['from cat', 'from bea']);
  expect(await texts(ann)).toEqual(['from ann']);
  expect((await contacts.get(userId, ann)).addresses).toEqual([both]);
  const unread = async (contactId: string) =>
    (await conversations.get(userId, (await contacts.get(userId, contactId)).conversationId ?? '')).unread;
  expect([await unread(ann), await unread(bea)]).toEqual([1, 2]);

  await contacts.unmerge(userId, bea, cat);
  expect((await list()).map((one) => one.name)).toEqual(['ann', 'bea', 'cat']);
  expect(await texts(cat)).toEqual(['from cat']);
});

test('only what was merged can be taken out again, and only by whose it is', async () => {
  const { userId, ann, bea, cat } = await three();
  const { contacts } = world.process;
  await contacts.merge(userId, ann, bea);
  const gone = { kind: 'not-found' };
  await expect(contacts.unmerge(userId, ann, cat)).rejects.toMatchObject(gone);
  await expect(contacts.unmerge(userId, cat, bea)).rejects.toMatchObject(gone);
  await expect(contacts.unmerge(await makeUser(world.prisma), ann, bea)).rejects.toMatchObject(gone);
});

test('where somebody is: what the user says wins, what makes no zone is refused', async () => {
  const { userId, account, ann } = await three();
  const { contacts } = world.process;
  const says = (timeZone: string | null) =>
    deliver(world, account, { type: 'contact', buddy: { id: 'ann', address: 'ann' }, timeZone });
  await says('+05:30');
  expect((await contacts.get(userId, ann)).buddies[0]).toMatchObject({ timeZone: '+05:30' });
  await says('nowhere');
  expect((await contacts.get(userId, ann)).buddies[0]).not.toHaveProperty('timeZone');
  expect(await contacts.patch(userId, ann, { timeZone: 'asia/tokyo' })).toMatchObject({ timeZone: 'Asia/Tokyo' });
  expect(await contacts.patch(userId, ann, { favourite: true })).toMatchObject({ timeZone: 'Asia/Tokyo' });
  await expect(contacts.patch(userId, ann, { timeZone: 'Middle/Earth' })).rejects.toThrow(DomainError);
  expect(await contacts.patch(userId, ann, { timeZone: null })).not.toHaveProperty('timeZone');
});

test('idle and on a call stand with the presence, never in the future, and go with it', async () => {
  const { userId, account, ann } = await three();
  const presence = new PgPresenceStore(world.pool);
  const now = world.clock.now();
  const whose = { id: account.id, userId, network: 'talk' };
  const says = (more: Partial<PresenceEvent>) =>
    presence.store(whose, [{ type: 'presence', buddy: { id: 'ann', address: 'ann' }, state: 'away', ...more }], now);
  const shown = async () => (await world.process.contacts.get(userId, ann)).presence;
  const [told] = await says({ idleSince: now - 60_000, activity: 'call', note: 'standup' });
  const idleSince = new Date(now - 60_000).toISOString();
  expect(told).toMatchObject({ contactId: ann, state: 'away', idleSince, activity: 'call', note: 'standup' });
  expect(await shown()).toEqual({ state: 'away', idleSince, activity: 'call', note: 'standup' });
  expect(await says({ idleSince: now - 60_000, activity: 'call', note: 'standup' })).toEqual([]);
  await says({ idleSince: now + 60_000 });
  expect(await shown()).toEqual({ state: 'away', idleSince: new Date(now).toISOString() });
  await presence.forget(account.id);
  expect(await shown()).toEqual({ state: 'unknown' });
});
