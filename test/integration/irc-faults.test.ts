import { afterEach, describe, expect, test } from 'vitest';
import { limits } from '../../src/sdk/index.js';
import type { IrcPeer } from '../support/irc-peer.js';
import { keepingCaps } from '../support/irc-peer-server.js';
import { chats, endAll, Host, online, open, presences, send, start } from '../support/irc-rig.js';

afterEach(endAll);

const keeping = { caps: keepingCaps };
const texts = (host: Host) => host.messages.map(({ text }) => text);
/** As the core keeps them: each id once. */
const kept = (...hosts: Host[]) => [
  ...new Map(hosts.flatMap((host) => host.messages.map((one) => [`${one.chat.id} ${one.id}`, one.text]))).values(),
];
const missed = (peer: IrcPeer, count: number, chat = 'alice') => {
  const all = Array.from({ length: count }, (_, at) => `missed ${at}`);
  for (const text of all) peer.keep(chat, 'alice', `PRIVMSG ${chat === 'alice' ? 'parley' : chat} :${text}`);
  return all;
};

/** The account again, with what was stored of it. */
const again = (before: Host) => {
  const host = new Host({ ...(before.cursor !== undefined && { cursor: before.cursor }) });
  const session = before.sessions.at(-1) ?? {};
  host.sessions.push(session);
  return { ...open(session, host), host };
};

describe('what was missed', { timeout: 60_000 }, () => {
  test('20,000 messages come once each, in pages, in bounded memory, as news', async () => {
    const peer = await start(keeping);
    const { host, connection } = await online(peer, { pace: '50' });
    await peer.say('before');
    await host.untilMessage('before');
    await connection.stop();
    const all = missed(peer, 20_000);
    const before = process.memoryUsage.rss();
    const next = again(host);
    let most = 0;
    const deliver = next.host.deliver.bind(next.host);
    next.host.deliver = async (events, cursor) => {
      most = Math.max(most, events.length);
      await deliver(events, cursor);
    };
    await next.host.untilState('backfilling');
    await next.host.passing(1_000, () => next.host.current?.is === 'online', 'state online');
    expect(kept(host, next.host)).toEqual(['before', ...all]);
    expect(next.host.messages.every((event) => event.backfill === undefined)).toBe(true);
    expect(most).toBeLessThanOrEqual(limits.pendingEvents);
    expect(process.memoryUsage.rss() - before).toBeLessThan(250 * 1024 * 1024);
    expect(peer.history.asked).toBeLessThan(200);
  });

  test('is fetched on from where a cut ended it, also over a restart, while news come in', async () => {
    const peer = await start(keeping);
    const { host, connection } = await online(peer, { pace: '50', channels: '#parley' });
    await peer.say('before');
    await host.untilMessage('before');
    await connection.stop();
    peer.stepMs = 1;
    const all = missed(peer, 1_000);
    const inChannel = missed(peer, 300, '#parley');
    peer.history.asked = 0;
    peer.history.cutAfter = 4;
    const second = again(host);
    await second.host.passing(200, () => second.host.states.some((one) => one.is === 'waiting'), 'the cut');
    await second.connection.stop();
    expect(kept(second.host).length).toBeLessThan(1_300);
    peer.history.cutAfter = Number.POSITIVE_INFINITY;
    const third = again(second.host);
    await third.host.untilState('backfilling');
    await peer.say('live meanwhile');
    await third.host.passing(500, () => third.host.current?.is === 'online', 'state online');
    await third.host.untilMessage('live meanwhile');
    const found = kept(host, second.host, third.host);
    expect([...found].sort()).toEqual(['before', 'live meanwhile', ...all, ...inChannel].sort());
    // What the second had was not fetched all over again.
    expect(third.host.messages.length).toBeLessThan(1_000);
    await third.connection.stop();
    const last = again(third.host);
    await last.host.untilState('online');
    expect(last.host.messages.length).toBeLessThanOrEqual(2);
  });

  test('and was read elsewhere meanwhile is known to be read', async () => {
    const peer = await start(keeping);
    peer.stepMs = 1;
    const { host, connection } = await online(peer, { pace: '50' });
    await peer.say('before');
    await host.untilMessage('before');
    await connection.stop();
    missed(peer, 9);
    const { time, msgid } = peer.keep('alice', 'alice', 'PRIVMSG parley :read on the phone');
    missed(peer, 5);
    peer.markers.set('alice', `timestamp=${time}`);
    const next = again(host);
    await next.host.untilState('online');
    await next.host.until(() => next.host.events.some((one) => one.type === 'seen' && one.target === msgid), 'it');
  });

  test('is not lost while storage is away', async () => {
    const peer = await start(keeping);
    const { host, connection } = await online(peer, { pace: '50' });
    await peer.say('before');
    await host.untilMessage('before');
    await connection.stop();
    const all = missed(peer, 2_500);
    const next = again(host);
    next.host.deliverError = new Error('the database is away');
    await next.host.untilState('backfilling');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = peer.history.asked;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(peer.history.asked).toBe(asked);
    expect(asked).toBeLessThan(8);
    next.host.deliverError = undefined;
    await next.host.passing(1_000, () => next.host.current?.is === 'online', 'state online');
    expect(kept(host, next.host)).toEqual(['before', ...all]);
  });

  test('is told by a bouncer that plays back by time', async () => {
    const peer = await start({ caps: ['server-time', 'batch', 'znc.in/playback', 'echo-message'] });
    const { host, connection } = await online(peer);
    const at = new Date(Date.now() - 500).toISOString();
    peer.client.from('alice', 'PRIVMSG parley :live', { time: at });
    await host.untilMessage('live');
    await connection.stop();
    const next = again(host);
    await next.host.untilState('online');
    const play = await peer.line(/^PRIVMSG \*playback :PLAY \* /);
    expect(Number(play.split(' ').at(-1)) * 1000).toBeGreaterThanOrEqual(Date.parse(at) - 1);
    const { client } = peer;
    client.server('BATCH +z znc.in/playback parley');
    client.from('alice', 'PRIVMSG parley :live', { time: at, batch: 'z' });
    client.from('alice', 'PRIVMSG parley :missed', { time: new Date(Date.now() + 50).toISOString(), batch: 'z' });
    client.server('BATCH -z');
    await next.host.untilMessage('missed');
    expect(kept(host, next.host)).toEqual(['live', 'missed']);
    expect(next.host.messages.map(({ backfill }) => backfill)).toEqual([true, undefined]);
  });
});

describe('a server whose clock is wrong', () => {
  test.each([-2, 2])('by %i hours is read by ours, live and in history, and nothing is missed', async (hours) => {
    const peer = await start(keeping);
    peer.skewMs = hours * 3_600_000;
    const { host, connection } = await online(peer, { pace: '50' });
    await peer.say('live');
    const live = await host.untilMessage('live');
    expect(Math.abs(live.at - Date.now())).toBeLessThan(5_000);
    await connection.stop();
    const all = missed(peer, 20);
    const next = again(host);
    await next.host.untilState('online');
    expect(kept(host, next.host)).toEqual(['live', ...all]);
    for (const { at } of next.host.messages) expect(Math.abs(at - Date.now())).toBeLessThan(5_000);
    const page = await next.connection
      .chat('alice')
      .history?.before({ oldest: { id: live.id, at: live.at } }, 50, AbortSignal.timeout(5_000));
    expect(page?.events).toEqual([]);
  });
});

describe('a channel of 10,000', { timeout: 30_000 }, () => {
  test('is listed, kept up to date and left in bounded time and memory', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    const before = process.memoryUsage.rss();
    await connection.resolve('#crowd', { join: true });
    const { client } = peer;
    for (let at = 0; at < 10_000; at += 20) {
      const names = Array.from({ length: 20 }, (_, one) => `${at + one < 5 ? '@' : ''}somebody${at + one}!u@host.test`);
      client.server(`353 parley = #crowd :${names.join(' ')}`);
    }
    client.server('366 parley #crowd :End of /NAMES list.');
    await host.until(() => chats(host).some((one) => (one.memberCount ?? 0) > 9_999), 'the count');
    const list = await connection.chat('#crowd').members?.list(AbortSignal.timeout(5_000));
    expect(list).toHaveLength(10_002);
    expect(list?.filter(({ role }) => role === 'moderator')).toHaveLength(6);
    // Nobody asks who of ten thousand is away.
    expect(peer.received.some((line) => line.includes('WHO '))).toBe(false);
    const events = host.events.length;
    for (let at = 0; at < 10_000; at++) client.from(`somebody${at}`, at % 2 ? 'AWAY :gone' : 'QUIT :bye');
    client.from('somebody1', 'PRIVMSG #crowd :still here');
    await host.untilMessage('still here');
    // Only of people met is anything told.
    expect(host.events.length - events).toBeLessThan(5);
    expect(await connection.chat('#crowd').members?.list(AbortSignal.timeout(5_000))).toHaveLength(5_002);
    await connection.leave?.('#crowd');
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('tells of five hundred people met there at most', async () => {
    const peer = await start();
    const { host } = await online(peer, { channels: '#crowd' });
    await host.until(() => chats(host).length > 0, 'the channel');
    for (let at = 0; at < 800; at++) {
      peer.client.from(`n${at}`, 'JOIN #crowd');
      peer.client.from(`n${at}`, `PRIVMSG #crowd :hello ${at}`);
    }
    await host.untilMessage('hello 799');
    expect(presences(host, 'n0')).toEqual(['online', 'unknown']);
    expect(presences(host, 'n799')).toEqual(['online']);
  });
});

describe('a sign-in that does not hold', () => {
  test('asks the person once the password is revoked, and goes on with the new one', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    await peer.refuseAuth();
    await peer.cut();
    await host.passing(500, () => host.current?.is === 'needs-login', 'state needs-login');
    expect(host.why()).toContain('refused the password');
    await expect(send(connection, 'alice', 'hello')).rejects.toMatchObject({ kind: 'auth' });
    await connection.stop();
    peer.refusing = false;
    const next = open(host.sessions.at(-1) ?? {});
    await next.host.untilState('online');
  });

  test('waits long after a K-line, with its reason', async () => {
    const peer = await start();
    const { host } = await online(peer);
    peer.greeting = ['ERROR :Closing Link: parley (K-Lined: no bots)'];
    peer.client.socket.end('ERROR :Closing Link: parley (K-Lined: no bots)\r\n');
    await host.untilState('waiting');
    expect(host.current).toMatchObject({ why: expect.stringContaining('K-Lined: no bots') });
    const { current } = host;
    expect(current?.is === 'waiting' && current.retryAt - host.clock.now()).toBeGreaterThan(200_000);
    expect(texts(host)).toEqual([]);
  });
});

describe('a server that finds us too fast', () => {
  test('is written to half as fast from then on', async () => {
    const peer = await start();
    const { host, connection } = await online(peer);
    const paste = Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n');
    const atOnce = async () => {
      const before = peer.texts().length;
      const sending = send(connection, 'alice', paste).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 250));
      const sent = peer.texts().length - before;
      await peer.cut();
      await sending;
      return sent;
    };
    const back = async (times: number) => {
      const onlines = () => host.states.filter((one) => one.is === 'online').length;
      await host.passing(2_000, () => onlines() > times, 'to be back');
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (let at = 0; at < 30; at++) host.clock.skip(1_000);
    };
    await connection.settings?.change({ pace: '2' });
    await send(connection, 'alice', 'hello');
    for (let at = 0; at < 30; at++) host.clock.skip(1_000);
    expect(await atOnce()).toBe(10);
    await back(1);
    peer.client.socket.end('ERROR :Closing Link: parley (Excess Flood)\r\n');
    await host.until(() => host.why().includes('Excess Flood'), 'the reason');
    await back(2);
    expect(await atOnce()).toBe(5);
  });
});
