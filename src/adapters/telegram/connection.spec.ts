import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TelegramPeer } from '../../../test/support/telegram-peer.js';
import { messagesIn, online, outgoing, sessionOf, signedIn } from '../../../test/support/telegram-rig.js';
import { alice, groupChat } from '../../../test/support/telegram-world.js';
import { AdapterError } from '../../sdk/index.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import telegram from './index.js';

const me = String(alice.id);
const unauthorized = JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' });

describe('signing in', () => {
  it('takes the name of the bot, and says at once that a token is wrong', async () => {
    const peer = await TelegramPeer.start();
    const next = (more: object) => telegram.login('bot', loginContext()).next({ ...peer.login.inputs[0], ...more });
    expect(await next({})).toMatchObject({
      remoteId: `bot:123456789@${new URL(peer.root).host}`,
      remoteName: '@parley_inbox_bot',
    });
    await expect(next({ token: '1:another-token-0123456789' })).rejects.toMatchObject({
      fields: { token: expect.stringContaining('BotFather') },
    });
    await peer.down();
    expect(await next({ apiRoot: `${peer.root}/` })).toMatchObject({ remoteName: 'Bot 123456789' });
    await peer.stop();
  });
});

describe('asking', () => {
  it('asks for every kind by name, and moves on only when all is stored', () =>
    online(async ({ peer, host }) => {
      const [first] = peer.called('getUpdates');
      expect(first?.allowed_updates).toEqual(
        expect.arrayContaining(['message_reaction', 'callback_query', 'chat_member']),
      );
      host.deliverError = new AdapterError('temporary', 'storage is away');
      const number = peer.push({ message: peer.message({ text: 'kept' }) });
      await host.untilState('waiting');
      expect(peer.updates).toHaveLength(1);
      host.deliverError = undefined;
      host.clock.skip(5_000);
      await host.untilMessage('kept');
      await peer.until(() => peer.updates.length === 0, 'the update to be forgotten');
      expect(host.cursor).toMatchObject({ offset: number + 1 });
      expect(messagesIn(host)).toHaveLength(1);
    }));

  it('20,000 waiting updates come in order, each once, a page at a time', async () => {
    const peer = await TelegramPeer.start();
    for (let index = 0; index < 20_000; index++)
      peer.updates.push({
        update_id: peer.nextUpdate++,
        message: peer.message({ text: `update ${index}`, date: 1_795_000_000 }),
      });
    let most = 0;
    await signedIn(peer, async ({ host }) => {
      const deliver = host.deliver.bind(host);
      host.deliver = (events, cursor) => {
        most = Math.max(most, events.length);
        return deliver(events, cursor);
      };
      await host.until(() => host.events.length === 20_000, 'all of them', 60_000);
      expect(host.states.map(({ is }) => is).filter((is) => is !== 'online')).toEqual(['connecting', 'backfilling']);
      expect(messagesIn(host).map(({ text }) => text)).toEqual(
        Array.from({ length: 20_000 }, (_, index) => `update ${index}`),
      );
    });
    expect(most).toBeLessThanOrEqual(200);
    await peer.stop();
  }, 60_000);

  it('10,000 chats come, and what is remembered of them is bounded', async () => {
    const peer = await TelegramPeer.start();
    for (let index = 0; index < 10_000; index++) {
      const user = { id: 1_000_000 + index, first_name: `Person ${index}` };
      const message = peer.message({ text: 'hi', from: user, chat: { ...user, type: 'private' } });
      peer.updates.push({ update_id: peer.nextUpdate++, message });
    }
    await signedIn(peer, async ({ host, connection }) => {
      await host.until(() => host.events.length === 10_000, 'all of them', 60_000);
      expect(new Set(messagesIn(host).map(({ chat }) => chat.id)).size).toBe(10_000);
      expect(JSON.stringify(host.cursor).length).toBeLessThan(1_000);
      await peer.until(() => peer.updates.length === 0, 'the last page to be done');
      const asked = peer.called('getChat').length;
      await connection.resolve('1009999', { join: false });
      expect(peer.called('getChat')).toHaveLength(asked);
    });
    await peer.stop();
  }, 60_000);

  it('updates that come twice, are broken or of no kind spoil no other', () =>
    online(async ({ peer, host }) => {
      const message = peer.message({ text: 'once' });
      const number = peer.push({ message });
      await host.untilMessage('once');
      peer.nextUpdate = number + 1;
      peer.push({ message });
      peer.push({ message: { message_id: 'x', chat: null } });
      peer.push({ message: peer.message({ photo: 'none', text: 4 }) });
      peer.push({ something_new: { a: 1 } });
      peer.push({
        message: peer.message({ text: `\ud800 half \0`, entities: [{ type: 'bold', offset: -1, length: 9e15 }, 7] }),
      });
      await peer.say('still here');
      await host.untilMessage('still here');
      expect(messagesIn(host).map(({ text }) => text)).toEqual(['once', '\ufffd half ', 'still here']);
      expect(host.current?.is).toBe('online');
      expect(host.logged.filter((line) => line.includes('cannot be read'))).toHaveLength(2);
    }));

  it('a server that repeats itself is asked less and less', () =>
    online(async ({ peer, host }) => {
      const stuck = JSON.stringify({ ok: true, result: [{ no: 'number' }] });
      for (let index = 0; index < 3; index++) peer.replies.push({ method: 'getUpdates', status: 200, body: stuck });
      await peer.say('next');
      expect(await host.untilState('waiting')).toMatchObject({ why: expect.stringContaining('without numbers') });
      for (let step = 0; step < 40 && host.current?.is !== 'online'; step++) {
        if (host.current?.is === 'waiting') host.clock.skipTo(host.current.retryAt);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await host.untilMessage('next');
    }));

  it.each([
    ['another program that asks', 'reads the messages of this bot too'],
    ['a webhook that was set meanwhile', 'webhook'],
  ])('%s is named, and waited for', (what, why) =>
    online(async ({ peer, host }) => {
      if (what.startsWith('another')) peer.rival = true;
      else peer.webhook = { url: 'http://127.0.0.1:9/', secret: '' };
      await peer.say('x');
      const state = await host.untilState('waiting');
      expect(state).toMatchObject({ why: expect.stringContaining(why) });
      if (state.is === 'waiting') expect(state.retryAt - host.clock.now()).toBeGreaterThan(25_000);
      peer.rival = false;
      host.clock.skip(31_000);
      await host.untilMessage('x');
    }),
  );

  it('waits as long as Telegram asks', () =>
    online(async ({ peer, host }) => {
      const body = JSON.stringify({
        ok: false,
        error_code: 429,
        description: 'Too Many Requests',
        parameters: { retry_after: 90 },
      });
      peer.replies.push({ method: 'getUpdates', status: 429, body });
      await peer.say('x');
      const state = await host.untilState('waiting');
      if (state.is === 'waiting') expect(state.retryAt - host.clock.now()).toBeGreaterThan(80_000);
    }));

  it('a revoked token ends it, and nothing tells it', () =>
    online(async ({ peer, host, connection }) => {
      peer.replies.push({ method: 'sendMessage', status: 401, body: unauthorized });
      peer.refused = true;
      await expect(connection.chat(me).send.message(outgoing('x'))).rejects.toMatchObject({ kind: 'auth' });
      expect(await host.untilState('needs-login')).toMatchObject({ why: expect.stringContaining('@BotFather') });
      await expect(connection.chat(me).send.message(outgoing('x'))).rejects.toMatchObject({ kind: 'auth' });
      const calls = peer.calls.length;
      host.clock.skip(3_600_000);
      expect(peer.calls).toHaveLength(calls);
      const secret = peer.token.split(':')[1] ?? '';
      expect([...host.logged, JSON.stringify(host.states)].filter((line) => line.includes(secret))).toEqual([]);
    }));
});

describe('being called', () => {
  it('takes only calls with the secret, and says stored only when it is', () =>
    online(
      async ({ peer, host }) => {
        expect(peer.called('setWebhook')).toMatchObject([{ url: peer.webhookUrl, max_connections: '1' }]);
        const call = async (init: RequestInit) => {
          const answer = await fetch(peer.webhookUrl, { method: 'POST', ...init });
          return answer.status;
        };
        const update = JSON.stringify({ update_id: 9_000, message: peer.message({ text: 'by hand' }) });
        const headers = { 'x-telegram-bot-api-secret-token': peer.webhook?.secret ?? '' };
        expect(await call({ body: update })).toBe(403);
        expect(await call({ body: update, headers: { 'x-telegram-bot-api-secret-token': 'wrong' } })).toBe(403);
        expect(await call({ body: 'not json', headers })).toBe(400);
        expect(await call({ method: 'PUT', body: update, headers })).toBe(405);
        expect(await call({ body: Buffer.alloc(2_000_000), headers })).toBe(413);
        host.deliverError = new AdapterError('temporary', 'storage is away');
        expect(await call({ body: update, headers })).toBe(503);
        expect(host.events).toEqual([]);
        host.deliverError = undefined;
        expect(await call({ body: update, headers })).toBe(200);
        expect(await call({ body: update, headers })).toBe(200);
        expect(messagesIn(host)).toHaveLength(1);
      },
      { mode: 'webhook' },
    ));

  it('an address that Telegram does not take is a reason, and asking instead helps', async () => {
    const peer = await TelegramPeer.start('webhook');
    const description = 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook';
    peer.replies.push({
      method: 'setWebhook',
      status: 400,
      body: JSON.stringify({ ok: false, error_code: 400, description }),
    });
    await signedIn(peer, async ({ host, connection }) => {
      expect(await host.untilState('failed')).toMatchObject({ why: expect.stringContaining('HTTPS') });
      await connection.settings?.change({ mode: 'polling' });
      await host.untilState('online');
      expect(host.sessions.at(-1)).toMatchObject({ mode: 'polling' });
      await peer.say('asked for');
      await host.untilMessage('asked for');
    });
    await peer.stop();
  });

  it('goes over to asking and back, and loses nothing', () =>
    online(
      async ({ peer, host, connection }) => {
        for (const mode of ['polling', 'webhook', 'polling']) {
          const before = host.states.length;
          await connection.settings?.change({ mode });
          await host.until(() => host.states.slice(before).some(({ is }) => is === 'online'), 'to be back');
          expect(peer.webhook !== undefined).toBe(mode === 'webhook');
          await peer.say(`by ${mode} ${before}`);
          await host.untilMessage(`by ${mode} ${before}`);
        }
        expect(messagesIn(host)).toHaveLength(3);
        expect(host.states.map(({ is }) => is)).not.toContain('waiting');
      },
      { mode: 'webhook' },
    ));

  it('a webhook that somebody took is taken back', () =>
    online(
      async ({ peer, host }) => {
        peer.webhook = { url: 'http://127.0.0.1:9/other', secret: '' };
        host.clock.skip(301_000);
        expect(await host.untilState('waiting')).toMatchObject({
          why: expect.stringContaining('Another program took'),
        });
        host.clock.skip(5_000);
        await host.untilState('online');
        expect(peer.webhook).toMatchObject({ url: peer.webhookUrl });
      },
      { mode: 'webhook' },
    ));
});

describe('settings and set-up', () => {
  it('keeps commands and description, and tells Telegram', () =>
    online(async ({ peer, host, connection, session }) => {
      await connection.settings?.change({
        commands: 'start = Say hello, help - What this is',
        description: 'An inbox',
      });
      expect(peer.world.commands).toEqual([
        { command: 'start', description: 'Say hello' },
        { command: 'help', description: 'What this is' },
      ]);
      expect(peer.world.description).toBe('An inbox');
      expect(host.sessions.at(-1)).toMatchObject({ token: session.token, description: 'An inbox' });
      const shown = () => connection.settings?.fields().map(({ name, value }) => [name, value]);
      expect(shown()).toEqual([
        ['mode', 'polling'],
        ['commands', 'start = Say hello, help = What this is'],
        ['description', 'An inbox'],
      ]);
      await connection.settings?.change({ commands: [] });
      expect(peer.world.commands).toEqual([]);
      for (const [name, value] of [
        ['commands', 'Big Name = x'],
        ['commands', 'start'],
        ['description', 'x'.repeat(513)],
        ['mode', 'pigeon'],
      ])
        await expect(connection.settings?.change({ [name ?? '']: value })).rejects.toMatchObject({
          kind: 'rejected',
          fields: { [name ?? '']: expect.any(String) },
        });
    }));

  it('says what a bot sees in groups', () =>
    online(async ({ connection }) => {
      expect(connection.setup?.()).toEqual([
        { label: 'People write to', value: 'https://t.me/parley_inbox_bot' },
        { label: 'In groups the bot sees', value: expect.stringContaining('/setprivacy') },
        { label: 'Groups', value: 'somebody in it adds the bot' },
        { label: 'Lists of members show', value: expect.stringContaining('administrators') },
      ]);
    }));
});

it('a server that goes away in the middle of a page loses and doubles nothing', async () => {
  const peer = await TelegramPeer.start();
  for (let index = 0; index < 1_000; index++)
    peer.updates.push({ update_id: peer.nextUpdate++, message: peer.message({ text: `n${index}`, chat: groupChat }) });
  await signedIn(peer, async ({ host }) => {
    const cuts = new Set([150, 420, 700]);
    for (let step = 0; step < 2_000 && host.events.length < 1_000; step++) {
      const due = [...cuts].find((at) => host.events.length >= at);
      if (due !== undefined) {
        cuts.delete(due);
        await peer.cut();
      }
      if (host.current?.is === 'waiting') host.clock.skipTo(host.current.retryAt);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(messagesIn(host).map(({ text }) => text)).toEqual(Array.from({ length: 1_000 }, (_, index) => `n${index}`));
    expect(cuts.size).toBe(0);
  });
  await peer.stop();
});

it('a server that nobody vouches for never sees the token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-telegram-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=elsewhere.test', '-keyout', keyFile, '-out', certFile],
    ],
    { stdio: 'ignore' },
  );
  let requests = 0;
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_request, response) => {
    requests += 1;
    response.end('{"ok":true,"result":{"id":1}}');
  });
  rmSync(folder, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const peer = await TelegramPeer.start();
  const session = { ...(await sessionOf(peer)), apiRoot: `https://127.0.0.1:${port}` };
  await signedIn(
    peer,
    async ({ host }) => {
      expect(await host.untilState('waiting')).toMatchObject({
        why: 'the certificate of 127.0.0.1 is self-signed and not trusted.',
      });
    },
    { session },
  );
  expect(requests).toBe(0);
  await peer.stop();
  await new Promise((resolve) => server.close(resolve));
});
