import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Client } from '../../../test/support/irc-peer-server.js';
import { keepingCaps } from '../../../test/support/irc-peer-server.js';
import {
  chats,
  endAll,
  failure,
  isPresence,
  online,
  open,
  plain,
  presences,
  send,
  signIn,
  start,
} from '../../../test/support/irc-rig.js';
import { AdapterError, limits } from '../../sdk/index.js';

let servers: Server[] = [];

afterEach(async () => {
  await endAll();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

describe('receiving', () => {
  it('takes time and id from the server', async () => {
    const peer = await start();
    const { host } = await online(peer);
    const at = new Date(Date.now() - 3600_000).toISOString();
    peer.client.from('Alice', `PRIVMSG parley :an hour ago`, { time: at, msgid: 'id-1' });
    const event = await host.untilMessage('an hour ago');
    expect(event).toMatchObject({
      id: 'id-1',
      at: Date.parse(at),
      chat: { id: 'alice', kind: 'direct', name: 'Alice' },
      from: { id: 'alice', address: 'Alice', name: 'Alice' },
      format: 'plain',
    });
  });

  it('believes no time that cannot be true', async () => {
    const peer = await start();
    const { host } = await online(peer);
    for (const time of ['2099-01-01T00:00:00.000Z', '1970-01-01T00:00:00Z', 'yesterday', '9'.repeat(400), '']) {
      const before = host.clock.now();
      const count = host.messages.length;
      peer.client.raw(`@time=${time} :alice!a@h PRIVMSG parley :when`);
      await host.until(() => host.messages.length > count, 'the message');
      expect(host.messages.at(-1)?.at).toBeGreaterThanOrEqual(before);
      expect(host.messages.at(-1)?.at).toBeLessThanOrEqual(host.clock.now());
    }
    expect(new Set(host.messages.map((event) => event.id)).size).toBe(5);
  });

  it('tells actions, notices, formatting and old encodings apart', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    await connection.resolve('#parley', { join: true });
    const { client } = peer;
    client.from('alice', 'PRIVMSG parley :\x01ACTION waves\x01');
    client.from('alice', 'PRIVMSG parley :\x01ACTION cut off');
    client.from('alice', 'NOTICE #parley :mind the gap');
    client.from('alice', 'PRIVMSG @#parley :to the operators');
    client.from('alice', 'PRIVMSG parley :\x02bold\x02 \x0304red');
    client.socket.write(Buffer.from(':alice!a@h PRIVMSG parley :Gr\xfc\xdfe\r\n', 'latin1'));
    await host.untilMessage('Grüße');
    expect(host.messages.map(({ text, format, chat, html }) => [text, format, chat.id, html])).toEqual([
      ['waves', 'action', 'alice', undefined],
      ['cut off', 'action', 'alice', undefined],
      ['mind the gap', 'notice', '#parley', undefined],
      ['to the operators', 'plain', '#parley', undefined],
      ['bold red', 'html', 'alice', '<b>bold</b> red'],
      ['Grüße', 'plain', 'alice', undefined],
    ]);
  });

  it('shows what another client of the account has written as our own', async () => {
    const peer = await start();
    const { host } = await online(peer);
    peer.client.own('PRIVMSG alice :from my phone', { msgid: 'phone-1' });
    const event = await host.untilMessage('from my phone');
    expect(event).toMatchObject({ id: 'phone-1', chat: { id: 'alice', kind: 'direct' } });
    expect(event.from).toBeUndefined();
    expect(event.key).toBeUndefined();
  });

  it('takes a playback of the past as history, at once and in nested batches', async () => {
    const peer = await start();
    const { host } = await online(peer);
    const { client } = peer;
    client.server('BATCH +outer znc.in/playback alice');
    client.server('BATCH +inner whatever', { batch: 'outer' });
    client.from('alice', 'PRIVMSG parley :long ago', { batch: 'inner' });
    await host.untilMessage('long ago');
    client.server('BATCH -inner');
    client.server('BATCH -outer');
    client.from('alice', 'PRIVMSG parley :just now', { batch: 'outer' });
    await host.untilMessage('just now');
    expect(host.messages.map((event) => event.backfill)).toEqual([true, undefined]);
  });

  it('ends a link whose batches are never closed', async () => {
    const peer = await start();
    const { host } = await online(peer);
    for (let at = 0; at < 60; at++) peer.client.server(`BATCH +b${at} playback`);
    await host.untilState('waiting');
    expect(host.why()).toContain('opened too many batches');
  });

  it('says who is typing and what a message answers', async () => {
    const peer = await start();
    const { host } = await online(peer);
    peer.client.from('alice', 'TAGMSG parley', { '+typing': 'active' });
    peer.client.from('alice', 'PRIVMSG parley :as I said', { '+draft/reply': 'first-1' });
    expect(await host.untilMessage('as I said')).toMatchObject({ replyTo: 'first-1' });
    expect(host.events.find((event) => event.type === 'typing')).toMatchObject({ on: true, chat: { id: 'alice' } });
  });

  it('answers CTCP VERSION, and not a flood of it', async () => {
    const peer = await start();
    const { host } = await online(peer);
    for (let at = 0; at < 50; at++) peer.client.from('alice', 'PRIVMSG parley :\x01VERSION\x01');
    peer.client.from('alice', 'PRIVMSG parley :\x01DCC SEND file 1 2 3\x01');
    peer.client.from('alice', 'PRIVMSG parley :done');
    await host.untilMessage('done');
    await peer.line(/NOTICE alice :\x01VERSION Parley\x01/);
    expect(peer.received.filter((line) => line.includes('VERSION'))).toHaveLength(1);
    expect(host.messages.map(({ text, format }) => [text, format])).toEqual([
      ['CTCP DCC SEND file 1 2 3', 'notice'],
      ['done', 'plain'],
    ]);
  });

  it('keeps the chat of a nick when its owner takes another, and says so', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    await connection.resolve('alice', { join: false });
    peer.client.from('alice', 'NICK :alicia');
    await host.untilMessage('is now known as alicia');
    expect(host.messages[0]).toMatchObject({ chat: { id: 'alice' }, format: 'system', from: { id: 'alice' } });
    await host.until(() => presences(host, 'alicia').includes('online'), 'alicia to be there');
    expect(presences(host, 'alice').at(-1)).toBe('offline');
    peer.client.from('alicia', 'PRIVMSG parley :it is me');
    expect(await host.untilMessage('it is me')).toMatchObject({ chat: { id: 'alicia' } });
  });

  it('follows a nick that the server gives us', async () => {
    const peer = await start();
    const { host } = await online(peer);
    peer.client.own('NICK :Guest123');
    peer.client.from('alice', 'PRIVMSG Guest123 :hello guest');
    expect(await host.untilMessage('hello guest')).toMatchObject({ chat: { id: 'alice' } });
  });
});

describe('sending', () => {
  it('takes the labelled echo as proof, with its id and time', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    const sent = await send(connection, 'alice', 'hello');
    expect(sent).toMatchObject({ proof: 'sent', parts: 1 });
    expect(sent.remoteId).toMatch(/^peer-\d+$/);
    expect(Math.abs((sent.at ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(peer.received.at(-1)).toMatch(/^@label=\S+ PRIVMSG alice :hello$/);
    expect(host.messages).toEqual([]);
  });

  it('knows an echo without a label by its text', async () => {
    const peer = await start({ caps: ['message-tags', 'echo-message'] });
    const { host, connection } = await online(peer);
    const sent = await Promise.all(['same', 'same', 'other'].map((text) => send(connection, 'alice', text)));
    expect(new Set(sent.map((one) => one.remoteId)).size).toBe(3);
    peer.client.own('PRIVMSG alice :same', { msgid: 'elsewhere' });
    expect(await host.untilMessage('same')).toMatchObject({ id: 'elsewhere' });
    expect(host.messages).toHaveLength(1);
  });

  it('has the server say that it has read the message where there is no echo', async () => {
    const peer = await start(plain);
    const { connection } = await online(peer);
    expect(await send(connection, 'alice', 'hello')).toEqual({ proof: 'sent', parts: 1 });
    expect(peer.received.slice(-2)).toEqual(['PRIVMSG alice :hello', 'PING :f1']);
  });

  it.each([
    ['with labels', undefined],
    ['with echo alone', { caps: ['echo-message'] }],
    ['with nothing', plain],
  ])('gives the server’s words where it refuses, %s', async (_what, options) => {
    const peer = await start(options);
    const { connection } = await online(peer);
    peer.refusals.set('nobody', '401 $ nobody :No such nick/channel');
    peer.refusals.set('#quiet', '404 $ #quiet :Cannot send to channel (+m)');
    const [nobody, quiet, fine] = await Promise.allSettled([
      send(connection, 'nobody', 'hello'),
      send(connection, '#quiet', 'hello'),
      send(connection, 'alice', 'hello'),
    ]);
    expect(nobody).toMatchObject({ reason: { kind: 'rejected', message: expect.stringContaining('No such nick') } });
    expect(quiet).toMatchObject({ reason: { kind: 'rejected', message: expect.stringContaining('(+m)') } });
    expect(fine.status).toBe('fulfilled');
  });

  it('says how much went out before the server refused the rest', async () => {
    const peer = await start();
    const { connection } = await online(peer, { pace: '0.5' });
    const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);
    const sending = failure(send(connection, 'alice', lines.join('\n')));
    await peer.heard('line 5');
    peer.refusals.set('alice', '404 $ alice :enough');
    const error = await sending;
    expect(error.kind).toBe('rejected');
    expect(error.message).toMatch(/^\d+ of 12 lines were sent, then the server refused: enough$/);
  });

  it('does not know what became of a message when the connection ends before the proof', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    peer.sends = 'cut';
    const error = await failure(send(connection, 'alice', 'hello'));
    expect(error.kind).toBe('unknown-outcome');
    expect(error.message).toContain('may have been sent');
    await host.untilState('waiting');
    expect((await failure(send(connection, 'alice', 'hello'))).kind).toBe('temporary');
  });

  it('does not know it either when no proof comes, and tells when it comes late', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    peer.sends = 'silent';
    const sending = failure(send(connection, 'alice', 'hello', { key: 'late' }));
    await peer.heard('hello');
    host.clock.skip(31_000);
    expect(await sending).toMatchObject({ kind: 'unknown-outcome', message: expect.stringContaining('within 30 s') });
    const label = /label=(\S+)/.exec(peer.received.find((line) => line.includes('PRIVMSG')) ?? '')?.[1] ?? '';
    peer.client.own('PRIVMSG alice :hello', { label, msgid: 'late-1' });
    expect(await host.untilMessage('hello')).toMatchObject({ key: 'late', id: 'late-1', chat: { id: 'alice' } });
  });

  it('goes on after a cut with the lines that never left, also after a restart', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { pace: '0.2' });
    const text = Array.from({ length: 14 }, (_, at) => `part ${at}.`).join('\n');
    const sending = failure(send(connection, 'alice', text, { key: 'long' }));
    await peer.heard('part 4.');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await peer.cut();
    const error = await sending;
    expect(error).toMatchObject({ kind: 'temporary' });
    expect(error.message).toMatch(/^\d+ of 14 lines were sent, the rest follows: /);
    await connection.stop();
    const again = open(host.sessions.at(-1) ?? {});
    await again.host.untilState('online');
    await send(again.connection, 'alice', text, { key: 'long' });
    expect(peer.texts()).toEqual(text.split('\n'));
    expect(again.host.sessions.at(-1)).toMatchObject({ partial: [] });
  });

  it('hands a long message back at its time limit and goes on with it later', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { pace: '0.2' });
    const text = Array.from({ length: 15 }, (_, at) => `part ${at}.`).join('\n');
    const abort = new AbortController();
    const sending = failure(send(connection, 'alice', text, { key: 'slow', signal: abort.signal }));
    await peer.heard('part 4.');
    await new Promise((resolve) => setTimeout(resolve, 100));
    abort.abort();
    expect(await sending).toMatchObject({ kind: 'temporary', message: expect.stringContaining('the rest follows') });
    const rest = send(connection, 'alice', text, { key: 'slow' });
    await host.passing(5_000, () => peer.texts().length === 15, 'the rest');
    await rest;
    expect(peer.texts()).toEqual(text.split('\n'));
  });

  it('keeps every line within 512 bytes as others get it', async () => {
    const peer = await start();
    const { connection } = await online(peer, { nick: 'a-rather-long-nick' });
    const text = '日本語のとても長い文章 '.repeat(200).trim();
    const sent = await send(connection, 'alice', text);
    expect(peer.texts().join('')).toBe(text);
    expect(sent.parts).toBe(peer.texts().length);
    for (const line of peer.texts()) {
      const relayed = `:${peer.client.mask} PRIVMSG alice :${line}\r\n`;
      expect(Buffer.byteLength(relayed)).toBeLessThanOrEqual(512);
    }
    expect(Buffer.byteLength(peer.texts()[0] ?? '')).toBeGreaterThan(300);
  });

  it('writes /me as an action on every line of it', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    await send(connection, 'alice', '/me waves');
    await send(connection, 'alice', '/me');
    await send(connection, 'alice', '/mean it');
    expect(peer.texts()).toEqual(['\x01ACTION waves\x01', '/me', '/mean it']);
  });

  it('marks a reply where the network can', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    await send(connection, 'alice', 'yes', { replyTo: { remoteId: 'first-1', text: 'x', senderName: 'Alice' } });
    expect(peer.received.at(-1)).toMatch(/^@(?=.*\+draft\/reply=first-1)\S+ PRIVMSG alice :yes$/);
  });

  it.each([
    ['that echoes', undefined],
    ['that does not', plain],
  ])(
    'is never cut off for flooding by a slow server %s',
    async (_what, options) => {
      const peer = await start({ ...options, lag: { everyMs: 10, queue: 1100 } });
      const { connection, host } = await online(peer);
      const lines = Array.from({ length: 120 }, (_, at) => `pasted line ${at} ${'x'.repeat(at % 200)}`);
      const one = send(connection, 'alice', lines.join('\n'));
      const other = send(connection, '#elsewhere', 'in between');
      await other;
      expect(peer.texts().length).toBeLessThan(20);
      await host.passing(20, () => peer.texts().length === 120, 'all lines');
      expect(await one).toMatchObject({ parts: 120 });
      expect(peer.texts()).toEqual(lines);
      expect(host.states.map((state) => state.is)).toEqual(['connecting', 'online']);
    },
    30_000,
  );

  it('refuses what IRC cannot carry', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    for (const text of ['', '\r\n', ' \n\t'])
      expect((await failure(send(connection, 'alice', text))).kind).toBe('rejected');
    expect((await failure(send(connection, 'alice', 'x\n'.repeat(2000)))).message).toContain('2000 lines');
    for (const chat of ['alice\r\nQUIT', 'alice bob', 'alice,bob', '', '#a\nQUIT', ':x']) {
      expect((await failure(send(connection, chat, 'hello'))).kind).toBe('rejected');
    }
    expect(peer.heardBy).toEqual([]);
    expect(peer.received.filter((line) => line.startsWith('QUIT'))).toEqual([]);
  });
});

describe('channels', () => {
  it('are joined, kept across restarts, and left for good', async () => {
    const peer = await start();
    peer.topics.set('#Parley', 'all about it');
    const { connection, host } = await online(peer, { channels: '#first' });
    await peer.line(/^JOIN #first$/);
    const { chat } = await connection.resolve('#Parley', { join: true });
    expect(chat).toEqual({ id: '#parley', kind: 'channel', name: '#Parley' });
    await host.until(() => chats(host).some((one) => one.topic === 'all about it'), 'the topic');
    expect(chats(host)[0]).toMatchObject({ id: '#first', joined: true });
    peer.client.from('alice', 'TOPIC #parley :\x02something\x02 else');
    await host.until(() => chats(host).some((one) => one.topic === 'something else'), 'the new topic');

    await peer.cut();
    await host.passing(500, () => peer.received.filter((line) => line === 'JOIN #first,#Parley').length === 1, 'joins');
    await host.untilState('online');
    await connection.leave?.('#first');
    expect(chats(host).at(-1)).toMatchObject({ id: '#first', joined: false });
    await connection.stop();

    const again = open(host.sessions.at(-1) ?? {});
    await again.host.until(() => chats(again.host).length > 0, 'a channel');
    expect(chats(again.host)[0]).toMatchObject({ id: '#parley', joined: true });
    expect(peer.received.filter((line) => line === 'JOIN #Parley')).toHaveLength(2);
  });

  it('say why they cannot be joined', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    peer.refusedJoins.set('#secret', '473 $ #secret :Cannot join channel (+i)');
    peer.refusedJoins.set('#banned', '474 $ #banned :Cannot join channel (+b)');
    expect(await failure(connection.resolve('#secret', { join: true }))).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('Cannot join channel (+i)'),
    });
    expect((await failure(connection.resolve('banned', { join: true }))).message).toContain('(+b)');
    expect(host.sessions.flatMap((session) => session.channels)).not.toContain('#secret');
    for (const bad of ['#a b', '#a,#b', '#a\r\nQUIT', '#', '#a\0']) {
      expect((await failure(connection.resolve(bad, { join: true }))).kind).toBe('rejected');
    }
  });

  it('that cannot be joined again are shown as left and tried at the next connect', async () => {
    const peer = await start();
    peer.refusedJoins.set('#moved', '471 $ #moved :Cannot join channel (+l)');
    const { host } = await online(peer, { channels: '#moved' });
    await host.until(() => chats(host).some((one) => one.id === '#moved' && !one.joined), 'the channel to be left');
    peer.refusedJoins.clear();
    await peer.cut();
    await host.passing(500, () => chats(host).some((one) => one.joined === true), 'the channel');
  });

  it('ask again where the server does not answer', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    peer.refusedJoins.set('#void', 'NOTICE $ :nothing');
    const joining = failure(connection.resolve('#void', { join: true }));
    await peer.line(/^JOIN #void$/);
    host.clock.skip(21_000);
    expect(await joining).toMatchObject({ kind: 'temporary', message: expect.stringContaining('20 s') });
  });

  it('tell who removed us and why, and who invites us', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    await connection.resolve('#parley', { join: true });
    peer.client.from('op', 'KICK #parley parley :too loud');
    await host.until(() => chats(host).at(-1)?.joined === false, 'the end');
    expect(host.messages.at(-1)).toMatchObject({ text: 'removed you from #parley: too loud', from: { id: 'op' } });
    expect(host.sessions.at(-1)).toMatchObject({ channels: [] });
    peer.client.from('bob', 'INVITE parley :#party');
    peer.client.from('bob', 'INVITE parley :#party');
    peer.client.from('bob', 'PRIVMSG parley :coming?');
    await host.untilMessage('coming?');
    const invitations = host.events.filter((event) => event.type === 'chat' && event.invite);
    expect(invitations).toMatchObject([
      { chat: { id: '#party', kind: 'channel' }, invite: { from: { id: 'bob' }, text: 'bob invites you to #party' } },
    ]);
    await connection.invitations?.accept('#party');
    expect(chats(host).at(-1)).toMatchObject({ id: '#party' });
    expect(peer.client.channels).toContain('#party');
  });
});

describe('presence', () => {
  it('comes from MONITOR, with away from what the server says on the way', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    await connection.resolve('Alice', { join: false });
    peer.people.set('Alice', false);
    await peer.line(/^MONITOR \+ Alice$/);
    await connection.resolve('bob', { join: false });
    await host.until(() => presences(host, 'bob').at(-1) === 'offline', 'bob to be away');
    peer.client.server('730 parley :bob!b@h');
    peer.client.server('301 parley bob :gone fishing');
    await host.until(() => presences(host, 'bob').at(-1) === 'away', 'bob to be away');
    expect(host.events.findLast(isPresence)).toMatchObject({ state: 'away', note: 'gone fishing' });
    peer.client.from('bob', 'AWAY');
    await host.until(() => presences(host, 'bob').at(-1) === 'online', 'bob to be back');
    peer.client.from('bob', 'QUIT :bye');
    await host.until(() => presences(host, 'bob').at(-1) === 'offline', 'bob to be gone');
    peer.client.from('bob', 'JOIN #x');
    await host.until(() => presences(host, 'bob').at(-1) === 'online', 'bob to be there');
    await peer.cut();
    await host.until(() => presences(host, 'bob').at(-1) === 'unknown', 'bob to be unknown');
    await host.passing(
      500,
      () => peer.received.filter((line) => /^MONITOR \+ .*bob/.test(line)).length === 2,
      'MONITOR',
    );
  });

  it('is asked for in turn where there is no MONITOR, and has a lifetime', async () => {
    const peer = await start(plain);
    peer.people.set('bob', true);
    const { connection, host } = await online(peer);
    for (const nick of ['alice', 'bob', 'carol']) await connection.resolve(nick, { join: false });
    await host.passing(5_000, () => presences(host, 'carol').length > 0, 'answers');
    expect([presences(host, 'alice'), presences(host, 'bob'), presences(host, 'carol')]).toEqual([
      ['online'],
      ['away'],
      ['offline'],
    ]);
    expect(host.events.find(isPresence)?.ttlMs).toBeGreaterThan(0);
    peer.people.set('carol', false);
    peer.people.delete('bob');
    await host.passing(5_000, () => presences(host, 'carol').at(-1) === 'online', 'carol');
    await host.passing(5_000, () => presences(host, 'bob').at(-1) === 'offline', 'bob');
    expect(peer.received.filter((line) => line.startsWith('MONITOR'))).toEqual([]);
  });

  it('of our own is told, and told again after a reconnect', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    await connection.presence?.({ state: 'away', note: 'lunch\r\nQUIT :x' });
    await peer.line(/^AWAY :lunch QUIT :x$/);
    await peer.cut();
    await host.passing(500, () => peer.received.filter((line) => line.startsWith('AWAY :lunch')).length === 2, 'AWAY');
    await connection.presence?.({ state: 'online' });
    await peer.line(/^AWAY$/);
    expect(peer.received.filter((line) => line.startsWith('QUIT'))).toEqual([]);
  });
});

describe('connecting', () => {
  it('signs in by SASL, also where the answer takes a multiple of 400 bytes', async () => {
    const peer = await start();
    for (const length of [10, 292, 300]) {
      const password = 'p'.repeat(length);
      Object.assign(peer, { password });
      const { connection } = await online(peer, { password, account: 'acc' });
      expect(peer.client.account).toBe('acc');
      await connection.stop();
    }
  });

  it('does not go in without SASL where it had it before', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    await host.until(() => host.sessions.at(-1)?.sasl === true, 'the session');
    await connection.stop();
    peer.options.sasl = false;
    const again = open(host.sessions.at(-1) ?? {});
    await again.host.untilState('waiting');
    expect(again.host.why()).toContain('offers no SASL sign-in at the moment');
    peer.options.sasl = true;
    await again.host.passing(5_000, () => again.host.current?.is === 'online', 'state online');
  });

  it('gives the password to a server without SASL', async () => {
    const peer = await start({ sasl: false });
    await online(peer);
    expect(peer.client.pass).toBe(peer.password);
  });

  it.each([
    ['by SASL', undefined],
    ['as the server password', { sasl: false }],
  ])('asks the person when the password is refused %s', async (_what, options) => {
    const peer = await start(options);
    const { host, connection } = open(await signIn({ ...peer.login.inputs[0], password: 'wrong' }));
    await host.untilState('needs-login');
    expect(host.why()).toMatch(/refused the password: .*(failed|incorrect)/);
    expect((await failure(send(connection, 'alice', 'hello'))).kind).toBe('auth');
  });

  it('takes another nick where its own is taken, and its own again when it is free', async () => {
    const peer = await start();
    peer.takenNicks.add('parley');
    const { host } = await online(peer);
    expect(peer.client.nick).toBe('parley_');
    await peer.line(/^MONITOR \+ parley$/);
    host.clock.skip(61_000);
    await peer.until(() => peer.received.filter((line) => line === 'NICK parley').length === 2, 'another try');
    expect(peer.client.nick).toBe('parley_');
    peer.takenNicks.clear();
    peer.client.server('731 parley_ :parley');
    await peer.until(() => peer.client.nick === 'parley', 'the nick');
    expect(host.current).toEqual({ is: 'online' });
  });

  const reasons: [string, string[], RegExp, string][] = [
    ['a ban', ['ERROR :Closing Link: (K-Lined: spam)'], /^banned: .*K-Lined: spam/, 'waiting'],
    ['a ban by number', [':s 465 parley :You are banned from this server'], /^banned: .*You are banned/, 'waiting'],
    ['too many connections', ['ERROR :Closing Link: Trying to reconnect too fast.'], /too fast/, 'waiting'],
    [
      'a nick it does not take',
      [':s 432 * parley :Erroneous Nickname'],
      /does not take the nick parley/,
      'needs-login',
    ],
    ['no free nick', Array(12).fill(':s 433 * parley :Nickname is already in use'), /no free nick/, 'waiting'],
  ];
  it.each(reasons)('says when it is %s', async (_what, greeting, why, state) => {
    const peer = await start({ caps: [], sasl: false });
    peer.greeting = greeting;
    const { host } = open(await signIn({ ...peer.login.inputs[0], password: '' }));
    await host.until(() => host.current?.is === state, `state ${state}`);
    expect(host.why()).toMatch(why);
  });

  it('says when a name is unknown, a port closed, and what is there no IRC', async () => {
    const lost = open(await signIn({ server: 'no-such-host.invalid', port: 1, tls: 'off', nick: 'me' }));
    await lost.host.untilState('waiting');
    expect(lost.host.why()).toMatch(/no-such-host\.invalid .*\(DNS\)/);
    const peer = await start();
    await peer.down();
    const closed = open(await signIn({ ...peer.login.inputs[0] }));
    await closed.host.untilState('waiting');
    expect(closed.host.why()).toBe(`connection refused by 127.0.0.1:${peer.port}`);
    await peer.up();
    await peer.garbage();
    const strange = open(await signIn({ ...peer.login.inputs[0] }));
    await strange.host.untilState('waiting');
    expect(strange.host.why()).toBe(`127.0.0.1:${peer.port} did not speak IRC`);
  });

  it('notices a server that falls silent, before and after the sign-in', async () => {
    const peer = await start();
    await peer.hang();
    const mute = open(await signIn({ ...peer.login.inputs[0] }));
    await peer.until(() => peer.clients.size === 1, 'the connection');
    await mute.host.passing(5_000, () => mute.host.current?.is === 'waiting', 'state waiting');
    expect(mute.host.why()).toContain('did not answer within 20 s');
    await mute.connection.stop();

    peer.mode = 'well';
    const { host } = await online(peer);
    peer.sends = 'silent';
    const why = () => host.states.flatMap((state) => (state.is === 'waiting' ? [state.why] : []))[0];
    await host.passing(5_000, () => why() !== undefined, 'state waiting');
    expect(why()).toContain('stopped answering (ping timeout)');
    expect(peer.received).toContain('PING :alive');
  });

  it('shows the last words of the server, and comes back', async () => {
    const peer = await start();
    const { host } = await online(peer);
    peer.client.socket.end('ERROR :Closing Link: (Server shutting down)\r\n');
    await host.untilState('waiting');
    expect(host.why()).toContain('Server shutting down');
    await host.passing(500, () => host.current?.is === 'online', 'state online');
  });

  it('says so politely when it leaves', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    await connection.stop();
    expect(peer.received.at(-1)).toBe('QUIT Leaving');
    await peer.until(() => peer.clients.size === 0, 'the end');
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-irc-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=elsewhere.test', '-keyout', keyFile, '-out', certFile],
    ],
    { stdio: 'ignore' },
  );
  const tls = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  rmSync(folder, { recursive: true });

  it('takes no certificate that nobody vouches for', async () => {
    const peer = await start({ tls });
    const { host } = open(await signIn({ ...peer.login.inputs[0] }));
    await host.untilState('waiting');
    expect(host.why()).toBe(`the certificate of 127.0.0.1:${peer.port} is self-signed and not trusted`);
    expect(peer.received).toEqual([]);
  });

  it('takes the one the person trusts', async () => {
    const peer = await start({ tls });
    const { connection } = await online(peer, { certificate: tls.cert.replaceAll('\n', ' ') });
    await send(connection, 'alice', 'over TLS');
    expect(peer.texts()).toEqual(['over TLS']);
  });

  it('says when the port does not speak it, and never goes on without', async () => {
    const peer = await start();
    const { host } = open(await signIn({ ...peer.login.inputs[0], tls: 'on' }));
    await host.passing(5_000, () => host.current?.is === 'waiting', 'state waiting');
    expect(host.why()).toMatch(/TLS|closed the connection|did not answer/);
    expect(peer.received.filter((line) => /^(NICK|PASS|CAP)/.test(line))).toEqual([]);
  });
});

describe('a hostile server', () => {
  const bounded = async (work: () => Promise<void>) => {
    const before = process.memoryUsage.rss();
    await work();
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
  };

  const say = (client: Client, text: string) => client.from('alice', `PRIVMSG parley :${text}`);

  it('may send a line without end only so far', async () => {
    const peer = await start();
    const { host } = await online(peer);
    await bounded(async () => {
      peer.client.socket.write('x'.repeat(64 * 1024 * 1024));
      await host.untilState('waiting');
    });
    expect(host.why()).toContain('sent a line without end');
  });

  it('may greet at any length and list any number of names', async () => {
    const peer = await start();
    peer.motd = Array.from({ length: 13_000 }, () => `:irc.peer.test 372 parley :- ${'m'.repeat(80)}`);
    await bounded(async () => {
      const { host, connection } = await online(peer);
      await connection.resolve('#crowd', { join: true });
      const names = Array.from({ length: 30 }, (_, at) => `@somebody${at}!user@host.test`).join(' ');
      for (let at = 0; at < 3_400; at++) peer.client.server(`353 parley = #crowd :${names}`);
      say(peer.client, 'after the crowd');
      await host.untilMessage('after the crowd');
    });
  });

  it('may say nonsense', async () => {
    const peer = await start({ caps: keepingCaps });
    peer.motd = [
      ...['005', ':s 005', ':s 005 parley', ':s 005 parley CHANTYPES STATUSMSG PREFIX CHANMODES CASEMAPPING :x'],
      ':s 005 parley NICKLEN=99999999999 MONITOR=1e99 AWAYLEN=-1 CHANTYPES=abc __proto__=1 constructor=1 :x',
    ];
    const { host, connection } = await online(peer);
    const commands = ['PRIVMSG', 'NOTICE', 'JOIN', 'PART', 'KICK', 'NICK', 'TOPIC', 'INVITE', 'AWAY', 'QUIT', 'BATCH'];
    commands.push('REDACT', 'MARKREAD', 'CHATHISTORY', 'SETNAME', 'WARN', 'NOTE');
    commands.push('CAP', 'TAGMSG', 'PONG', 'PING', 'ACK', 'FAIL', 'CHGHOST', 'MODE', 'AUTHENTICATE', 'ACCOUNT');
    for (let numeric = 0; numeric < 1000; numeric++) commands.push(String(numeric).padStart(3, '0'));
    for (const command of commands.filter((one) => !['465', '464'].includes(one))) {
      for (const prefix of [
        '',
        ':',
        ':alice!a@h ',
        ':parley ',
        ':irc.peer.test ',
        '@ :x ',
        '@time=;=;;msgid :alice ',
      ]) {
        for (const rest of [
          '',
          ' ',
          ' :',
          ' parley',
          ' #parley',
          ' * :',
          ' parley :\x01',
          ' parley x :\x01ACTION\x01',
        ]) {
          if (prefix === ':parley ' && command === 'NICK') continue;
          peer.client.raw(`${prefix}${command}${rest}`);
        }
      }
    }
    for (const line of [
      ' ',
      ':',
      '@',
      '::: :',
      '\0\xff\ud800',
      `${'a '.repeat(200)}`,
      `@${'a=b;'.repeat(2000)} :x Y`,
    ]) {
      peer.client.raw(line);
    }
    peer.client.socket.write(Buffer.from([0, 255, 254, 13, 10, 10, 13, 13, 10, 0xc3, 0x28, 10]));
    say(peer.client, 'still here');
    await host.untilMessage('still here');
    expect(host.current).toEqual({ is: 'online' });
    await send(connection, 'alice', 'and well');
    expect(host.events.every((event) => !('chat' in event) || event.chat.id.length <= limits.idLength)).toBe(true);
  }, 30_000);

  it('may not negotiate without end', async () => {
    const peer = await start({ caps: [], sasl: false });
    peer.greeting = Array.from({ length: 500 }, (_, at) => `:s CAP * LS * :cap${at}=x`);
    const { host } = open(await signIn({ ...peer.login.inputs[0] }));
    await host.untilState('waiting');
    expect(host.why()).toContain('negotiates without end');
  });

  it('is read no further than can be stored', async () => {
    const peer = await start();
    const { host } = await online(peer);
    host.deliverError = new AdapterError('temporary', 'the database is away');
    const text = 'y'.repeat(300);
    const total = 60_000;
    let at = 0;
    const write = () => {
      while (at < total && peer.client.socket.writableLength < 1_000_000) say(peer.client, `${at++} ${text}`);
    };
    await bounded(async () => {
      for (let step = 0; step < 30; step++) {
        write();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(peer.client.socket.writableLength).toBeGreaterThan(500_000);
    });
    host.deliverError = undefined;
    const more = () => {
      write();
      return host.messages.length === total;
    };
    await host.passing(1_000, more, 'everything');
    expect(host.messages.map((event) => Number.parseInt(event.text, 10))).toEqual(
      Array.from({ length: total }, (_, n) => n),
    );
  }, 60_000);

  it('may close, reset and say nothing in any phase', async () => {
    for (const phase of ['at once', 'after a byte', 'after a line']) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        if (phase === 'after a byte') socket.write(':');
        if (phase === 'after a line') socket.write(':s NOTICE * :hello\r\n');
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const { host } = open(await signIn({ server: '127.0.0.1', port, tls: 'off', nick: 'me' }));
      await host.untilState('waiting');
      expect(host.why()).toMatch(/was reset|closed the connection/);
    }
  });
});
