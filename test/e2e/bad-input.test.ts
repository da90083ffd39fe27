import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { caller, tokenOf } from '../support/caller.js';
import { IrcPeer } from '../support/irc-peer.js';
import { MailPeer } from '../support/mail-peer.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';

/** Bad input to the running server: a clear problem of the 4xx class each time, and nothing changed, here or outside. */
let parley: Parley;
let peers: { irc: IrcPeer; email: MailPeer; sms: SmscPeer };
const accounts: Record<string, string> = {};
const conversations: Record<string, string> = {};
let stranger: { token: string; conversation: string; account: string; contact: string; message: string };

type Problem = { status: number; code: string; detail: string; type: string };

beforeAll(async () => {
  peers = { irc: await IrcPeer.start(), email: await MailPeer.start(), sms: await SmscPeer.start() };
  parley = await Parley.start();
  await parley.setUp();
  for (const [network, peer] of Object.entries(peers)) {
    const account = await parley.signIn(network, peer.login.flow, peer.login.inputs[0] ?? {});
    await parley.online(account.id);
    accounts[network] = account.id;
    const opened = await parley.ok('POST', '/chats', { accountId: account.id, address: peer.partner });
    conversations[network] = opened.conversation.id;
  }
  stranger = await other();
});

afterAll(async () => {
  await parley.remove();
  for (const peer of Object.values(peers)) await peer.stop();
});

/** Another user with things of their own. */
async function other() {
  const person = { email: 'other@example.org', password: 'another long password', name: 'Other', role: 'user' };
  await parley.ok('POST', '/users', person);
  const call = caller(parley.url);
  const { email, password } = person;
  const token = tokenOf((await call('POST', '/sessions', { json: { email, password } })).json);
  // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
  const ok = async (method: string, path: string, json: unknown): Promise<any> => {
    const answer = await call(method, path, { json, token });
    if (answer.status >= 400) throw new Error(answer.text);
    return answer.json;
  };
  const login = await ok('POST', '/logins', { network: 'echo' });
  const input = Object.fromEntries(login.step.fields.map(({ name }: { name: string }) => [name, 'other']));
  const { step } = await ok('POST', `/logins/${login.id}`, { input });
  const opened = await ok('POST', '/chats', { accountId: step.account.id, address: 'someone' });
  const contact = await ok('POST', '/contacts', { name: 'Theirs' });
  const { message } = await ok('POST', `/conversations/${opened.conversation.id}/messages`, { text: 'private' });
  return {
    token,
    conversation: opened.conversation.id as string,
    account: step.account.id as string,
    contact: contact.id as string,
    message: message.id as string,
  };
}

/** Everything a client can see, without the revisions that mere touching moves. */
async function world(): Promise<string> {
  const lists = ['/contacts', '/conversations', '/accounts'].map((path) => parley.ok('GET', `${path}?limit=200`));
  const timelines = Object.values(conversations).map((id) => parley.ok('GET', `/conversations/${id}/messages`));
  return JSON.stringify(await Promise.all([...lists, ...timelines]), (key, value) =>
    ['rev', 'lastEventAt', 'state', 'presence'].includes(key) ? undefined : value,
  );
}

const outside = () => [...peers.irc.texts(), ...peers.email.texts(), ...peers.sms.texts()];

async function refused(method: string, path: string, json: unknown, status: number | number[]): Promise<Problem> {
  const before = [await world(), outside()];
  const answer = await parley.call(method, path, json);
  expect([status].flat(), answer.text).toContain(answer.status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = answer.json as Problem;
  expect(problem.code).toMatch(/^[a-z][a-z-]+$/);
  expect(problem.detail.length).toBeGreaterThan(10);
  expect([await world(), outside()]).toEqual(before);
  return problem;
}

const messages = (network: string) => `/conversations/${conversations[network]}/messages`;

test('malformed JSON', async () => {
  const answer = await fetch(`${parley.url}/api/v1${messages('irc')}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parley.token}`, 'content-type': 'application/json' },
    body: '{"text": "half',
  });
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as Problem).code).toMatch(/json/);
});

test('unknown ids, and ids that are none', async () => {
  for (const id of [randomUUID(), '01a00000-0000-7000-8000-000000000000']) {
    await refused('POST', `/conversations/${id}/messages`, { text: 'x' }, 404);
    await refused('GET', `/messages/${id}`, undefined, 404);
    await refused('POST', messages('irc'), { text: 'x', via: id }, [404, 422]);
    await refused('POST', messages('irc'), { text: 'x', attachments: [id] }, [404, 422]);
    await refused('POST', messages('irc'), { text: 'x', replyTo: id }, [404, 422]);
    await refused('POST', '/messages', { to: [id], text: 'x', route: { mode: 'first', channels: ['im'] } }, [404, 422]);
  }
  await refused('GET', '/conversations/not-an-id/messages', undefined, [400, 404, 422]);
});

test('the ids of another user', async () => {
  await refused('POST', `/conversations/${stranger.conversation}/messages`, { text: 'x' }, 404);
  await refused('GET', `/conversations/${stranger.conversation}/messages`, undefined, 404);
  await refused('GET', `/messages/${stranger.message}`, undefined, 404);
  await refused('DELETE', `/messages/${stranger.message}`, undefined, 404);
  await refused('DELETE', `/accounts/${stranger.account}`, undefined, 404);
  await refused('POST', messages('irc'), { text: 'x', via: stranger.account }, [404, 422]);
  await refused('POST', '/chats', { accountId: stranger.account, address: 'x' }, 404);
  await refused('PATCH', `/contacts/${stranger.contact}`, { name: 'Mine' }, 404);
  const own = (await parley.ok('GET', '/contacts')).items[0].id;
  await refused('POST', `/contacts/${own}/merge`, { contactId: stranger.contact }, 404);
});

test('a text of 5 MB, one past the limit, an empty one', async () => {
  await refused('POST', messages('irc'), { text: 'x'.repeat(5 * 1024 * 1024) }, 413);
  await refused('POST', messages('sms'), { text: 'x'.repeat(90_000) }, [413, 422]);
  for (const text of ['', '   ', '\n\n']) await refused('POST', messages('irc'), { text }, 422);
});

describe('what would break out of a protocol', () => {
  test('controls in a text, line ends and spaces in an IRC address', async () => {
    for (const text of ['a\0b', 'a\x1bb', 'a\x07b']) await refused('POST', messages('irc'), { text }, 422);
    for (const address of ['bob\r\nQUIT', 'bob\nQUIT', 'bob QUIT', ':bob', 'bob,eve', 'bob\0'])
      await refused('POST', '/chats', { accountId: accounts.irc, address }, 422);
    await refused('POST', '/chats', { accountId: accounts.irc, join: '#lab\r\nQUIT' }, 422);
    const { message } = await parley.ok('POST', messages('irc'), { text: 'first line\nQUIT :no\r\nJOIN 0' });
    await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'sent' || undefined);
    expect(peers.irc.commands().filter((line) => /^(QUIT|JOIN 0)/.test(line))).toEqual([]);
  });

  test('headers in a mail address or subject', async () => {
    for (const address of ['a@x.test\r\nBcc: b@x.test', 'a@x.test\nBcc: b@x.test', 'a@x.test, b@x.test', 'no address'])
      await refused('POST', '/chats', { accountId: accounts.email, address }, 422);
    for (const subject of ['Hi\r\nBcc: b@x.test', 'Hi\nX: y'])
      await refused('POST', messages('email'), { text: 'x', subject }, 422);
  });

  test('a phone number that is none', async () => {
    for (const address of ['12', 'abc', '+1', '+44770090032\r\n1', '+99999999999999999'])
      await refused('POST', '/chats', { accountId: accounts.sms, address }, 422);
    await refused('POST', '/contacts', { name: 'X', addresses: [{ kind: 'phone', value: '0770' }] }, 422);
  });
});

describe('sign-ins', () => {
  const begin = () => parley.ok('POST', '/logins', { network: 'irc' });
  const input = () => peers.irc.login.inputs[0] ?? {};
  // A sign-in made again connects anew, and what the chats can do is less until it has.
  afterEach(() => parley.online(accounts.irc as string));

  test('cancelled, then answered', async () => {
    const login = await begin();
    await parley.ok('DELETE', `/logins/${login.id}`);
    expect((await refused('POST', `/logins/${login.id}`, { input: input() }, 410)).code).toBe('login-cancelled');
  });

  test('answered twice', async () => {
    const login = await parley.ok('POST', '/logins', { network: 'irc' });
    await parley.ok('POST', `/logins/${login.id}`, { input: input() });
    await parley.online(accounts.irc as string);
    expect((await refused('POST', `/logins/${login.id}`, { input: input() }, 409)).code).toBe('login-done');
  });

  test('wrong in a field, which is named, and then right', async () => {
    const login = await begin();
    const answer = await parley.call('POST', `/logins/${login.id}`, { input: { ...input(), port: '70000' } });
    expect(answer.status).toBe(422);
    expect(Object.keys((answer.json as { errors: object }).errors)).toEqual(['port']);
    expect((await parley.ok('POST', `/logins/${login.id}`, { input: input() })).step.type).toBe('done');
  });

  test('unknown, somebody else’s, for a network or flow there is not', async () => {
    await refused('POST', `/logins/${randomUUID()}`, { input: {} }, 404);
    await refused('POST', '/logins', { network: 'carrier-pigeon' }, 422);
    await refused('POST', '/logins', { network: 'irc', flow: 'telepathy' }, 422);
  });
});

test('an idempotency key with another body', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const first = await parley.call('POST', messages('irc'), { text: 'once' }, headers);
  const again = await parley.call('POST', messages('irc'), { text: 'once' }, headers);
  expect((again.json as { message: { id: string } }).message.id).toBe(
    (first.json as { message: { id: string } }).message.id,
  );
  const other = await parley.call('POST', messages('irc'), { text: 'twice' }, headers);
  expect(other.status).toBe(422);
});
