import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, Parley } from '../support/parley.js';

/** The practice network in a whole Parley, over the public API: the past, rooms, invitations, receipts; a restart in the middle. */
let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
  await parley.setUp();
}, 90_000);
afterAll(() => parley.remove());

// biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
type Seen = any;

test('the past is fetched as far as one goes back, goes on after a restart, and ends', async () => {
  const account = await parley.signIn('echo', 'name', { name: 'Alex', buddies: 'echo, historian' });
  await parley.online(account.id);
  const { conversation } = await parley.ok('POST', '/chats', { accountId: account.id, address: 'historian' });
  expect(conversation.chats[0].capabilities).toMatchObject({ history: true, members: false });
  expect(account.capabilities.history).toBe(false);
  const path = `/conversations/${conversation.id}`;
  const { message } = await parley.ok('POST', `${path}/messages`, { text: 'are you there' });
  await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'sent' || undefined);
  const { rev } = await parley.ok('GET', '/sync');
  const first = await parley.ok('GET', `${path}/messages`);
  expect(first).toMatchObject({ items: [{ text: 'are you there' }], history: 'more', nextCursor: message.id });
  expect(await parley.ok('POST', `${path}/history`)).toEqual({ added: 50, history: 'more' });
  const { changes } = await parley.ok('GET', `/sync?since=${rev}&limit=1000`);
  expect(changes.filter((change: Seen) => change.kind === 'message')).toHaveLength(50);
  await parley.restart();
  await parley.online(account.id);
  const texts: string[] = [];
  for (let before = ''; ; ) {
    const page = await parley.ok('GET', `${path}/messages?limit=30${before}`);
    texts.push(...page.items.map((item: Seen) => item.text));
    if (page.nextCursor === null) {
      expect(page.history).toBe('end');
      break;
    }
    before = `&before=${page.nextCursor}`;
  }
  expect(texts).toHaveLength(121);
  expect([texts[0], texts[1], texts.at(-1)]).toEqual(['are you there', 'Answer 120 of 120', 'Letter 1 of 120']);
  expect((await parley.ok('GET', path)).unread).toBe(0);
  expect(await parley.ok('POST', `${path}/history`)).toEqual({ added: 0, history: 'end' });
});

test('an invitation is shown, accepted at the network, and the room has its people', async () => {
  const [account] = (await parley.ok('GET', '/accounts')).items;
  const { conversation } = await parley.ok('POST', '/chats', { accountId: account.id, address: 'echo' });
  await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: 'invite #parlour; no echo; read' });
  const named = async (name: string): Promise<Seen> =>
    (await parley.ok('GET', '/conversations')).items.find((one: Seen) => one.name === name);
  const asked = await eventually(() => named('#parlour'));
  expect(asked).toMatchObject({ request: 'pending', unread: 1, chats: [{ invited: true, joined: false }] });
  const { items } = await parley.ok('GET', `/conversations/${asked.id}/messages`);
  expect(items).toMatchObject([{ text: 'Come and see.', format: 'system', sender: { name: 'echo' } }]);
  await parley.ok('POST', `/conversations/${asked.id}/accept`);
  await eventually(async () => (await named('#parlour')).chats[0].joined === true || undefined);
  expect(await named('#parlour')).toMatchObject({
    request: 'none',
    chats: [{ invited: false, memberCount: 3, capabilities: { members: true, invites: true, topic: true } }],
  });
  const members = await parley.ok('GET', `/conversations/${asked.id}/members`);
  expect(members.items.map((member: Seen) => member.name)).toEqual(expect.arrayContaining(['echo', 'silent', 'Alex']));
  await eventually(async () => {
    const talk = await parley.ok('GET', `/conversations/${conversation.id}`);
    return talk.lastMessage?.status === 'read' || undefined;
  });
  const buddies = (await parley.ok('GET', '/contacts')).items.flatMap((contact: Seen) => contact.buddies);
  expect(buddies.find((buddy: Seen) => buddy.name === 'echo')).toMatchObject({
    ...{ listed: true, blocked: false, optedOut: false, groups: [], presence: { state: 'online' } },
  });
});
