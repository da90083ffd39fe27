import { afterEach, expect, it } from 'vitest';
import irc from '../../src/adapters/irc/index.js';
import type { Event } from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { type IrcLoad, type IrcLoadOptions, type LoadRun, nowNs, readStamp, startIrcLoad } from '../bench/load-irc.js';
import { IrcLines } from '../support/irc-lines.js';
import { isFree } from '../support/ports.js';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(options?: IrcLoadOptions): Promise<IrcLoad> {
  const load = await startIrcLoad(options);
  ending.push(() => load.stop());
  return load;
}

async function account(load: IrcLoad, nick: string) {
  const login = irc.login('server', loginContext());
  const entered = {
    server: load.host,
    port: load.port,
    tls: 'off',
    nick,
    password: 'any',
    channels: '#load',
    pace: 50,
  };
  const done = await login.next(entered);
  if (done.type !== 'done') throw new Error('not signed in');
  const host = new FakeHost();
  const connection = irc.open({ id: nick, remoteId: nick, name: nick, session: done.session }, host);
  ending.push(() => connection.stop());
  connection.start();
  await host.untilState('online');
  await host.until(() => load.members('#load') > 0, 'the channel');
  return { host, connection };
}

const stamps = (host: FakeHost, { run }: LoadRun) =>
  host.events
    .filter((event): event is Extract<Event, { type: 'message' }> => event.type === 'message')
    .map((event) => readStamp(event.text))
    .filter((stamp) => stamp?.run === run);
const inOrder = (count: number) => Array.from({ length: count }, (_, at) => at);

it('feeds an account evenly and in bursts, directly and in a channel, each message once and in order', async () => {
  const said: string[] = [];
  const load = await start({ onMessage: ({ from, target, text }) => said.push(`${from} ${target} ${text}`) });
  const { host, connection } = await account(load, 'meter');
  const before = nowNs();
  for (const to of [undefined, 'meter', '#load']) {
    for (const run of [await load.rate(400, 0.5, { to }), await load.burst(200, { to })]) {
      expect(run).toMatchObject({ sent: 200, deliveries: 200 });
      await host.until(() => (stamps(host, run).length >= 200 ? true : undefined), 'all messages');
      const got = stamps(host, run);
      expect(got.map((stamp) => stamp?.sequence)).toEqual(inOrder(200));
      const times = got.map((stamp) => stamp?.sentNs ?? 0n);
      expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
      expect(times.every((at) => at >= run.startedNs && at <= run.endedNs && at > before)).toBe(true);
    }
  }
  const sent = await connection.chat('load0').send.message({
    ...{ key: 'k', text: 'hello back', attachments: [], signal: new AbortController().signal },
  });
  expect(sent.remoteId).toMatch(/^echo-/);
  expect(said).toEqual(['meter load0 hello back']);
});

it('holds five hundred clients and writes to each in turn', async () => {
  const load = await start();
  const clients = await Promise.all(
    Array.from({ length: 500 }, async (_, at) => {
      const client = await IrcLines.connect(load.port);
      ending.push(() => client.end());
      client.say('CAP LS 302', `NICK many${at}`, `USER many${at} 0 * :x`, 'CAP REQ :server-time sasl', 'CAP END');
      await client.line(/ 422 /);
      client.say('JOIN #all');
      await client.line(/ 366 /);
      return client;
    }),
  );
  await load.untilClients(500, 1);
  expect(load.members('#all')).toBe(500);
  await load.burst(1_000);
  for (const [at, client] of clients.entries()) {
    await client.line(new RegExp(`^@time=\\S+ :load\\d+!\\S+ PRIVMSG many${at} :load:1:${at}:`));
    await client.line(new RegExp(`PRIVMSG many${at} :load:1:${at + 500}:`));
  }
  expect(await load.burst(2, { to: '#all' })).toMatchObject({ sent: 2, deliveries: 1_000 });
  await Promise.all(clients.map((client) => client.line(/PRIVMSG #all :load:2:1:/)));
  const [first] = clients;
  first?.say('MONITOR + load0,many1,nobody', 'NICK many2');
  await first?.line(/ 730 many0 :load0!\S+,many1!/);
  await first?.line(/ 731 many0 :nobody/);
  await first?.line(/ 433 /);
});

it('ends a run when it is told to, refuses what has no bounds, and leaves its port', async () => {
  const load = await start();
  await expect(load.burst(1)).rejects.toThrow('nobody is there');
  await expect(load.burst(1, { to: '#nowhere' })).rejects.toThrow('#nowhere');
  await expect(load.untilClients(1, 1)).rejects.toThrow('0 of 1');
  const { host } = await account(load, 'meter');
  await expect(load.rate(1e9, 1)).rejects.toThrow('perSecond');
  await expect(load.burst(Number.NaN)).rejects.toThrow('messages');
  const abort = new AbortController();
  const run = load.rate(0.5, 600, { signal: abort.signal });
  await host.until(() => host.events.find((event) => event.type === 'message'), 'the first message');
  abort.abort();
  expect((await run).sent).toBe(1);
  const endless = load.rate(1_000, 600);
  await load.stop();
  expect((await endless).sent).toBeLessThan(600_000);
  expect(load.clients).toBe(0);
  expect(await isFree(load.port)).toBe(true);
  await expect(load.burst(1)).rejects.toThrow('stopped');
});
