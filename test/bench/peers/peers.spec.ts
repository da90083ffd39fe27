import { describe, expect, it } from 'vitest';
import { peers } from '../peers.ts';
import { biboumiConfig } from './biboumi.ts';
import { bitlbeeConfig, bitlbeeDialog } from './bitlbee.ts';
import { contest, type Entrants } from './contest.ts';
import { Endings } from './endings.ts';
import { pong, shownInLine } from './irc-client.ts';
import { advice, missingOf, upstream } from './programs.ts';
import { shownInStanza } from './xmpp-client.ts';
import { zncConfig } from './znc.ts';

const server = { host: '127.0.0.1', port: 7_000 };

describe('what is not installed', () => {
  it.each([
    [[], undefined],
    [['znc'], 'Not installed here, so not measured: ZNC. Install: apt-get install --no-install-recommends znc'],
    [
      ['prosody', 'biboumi'],
      'Not installed here, so not measured: biboumi with Prosody, BitlBee. Install: apt-get install --no-install-recommends biboumi prosody',
    ],
  ])('%j is said, with what to do', (absent: string[], said) => {
    expect(advice(missingOf((program) => (absent.includes(program) ? undefined : `/usr/bin/${program}`)))).toBe(said);
  });

  it.each([
    ['1.8.2-3.1+deb12u1', '1.8.2'],
    ['9.0-5+b1', '9.0'],
    ['1:2.3-4', '2.3'],
    ['3.6', '3.6'],
    ['', 'of unknown version'],
  ])('the version of %s is %s', (debian, version) => expect(upstream(debian)).toBe(version));
});

describe('settings of the peers', () => {
  it('ZNC: networks are dealt out to users, and nothing holds it back', () => {
    const config = zncConfig({ server, users: 2, networks: 3, nick: 'nick', channel: '#bench' }, 7_001);
    const users = config.split('<User ').slice(1);
    expect(users.map((user) => [...user.matchAll(/<Network (\S+)>/g)].map(([, name]) => name))).toEqual([
      ['n0', 'n2'],
      ['n1'],
    ]);
    for (const line of ['Server = 127.0.0.1 7000', 'FloodRate = -1', 'JoinDelay = 0', '<Chan #bench>']) {
      expect(config.split(line)).toHaveLength(4);
    }
    expect(config).toMatch(/Host = 127\.0\.0\.1\n {2}Port = 7001/);
    expect(config).not.toContain('LoadModule');
    const logging = zncConfig({ server, users: 1, networks: 1, nick: 'nick', channel: '#bench', log: true }, 7_001);
    expect(logging).toContain('LoadModule = log');
  });

  it('biboumi and BitlBee: loopback, their own folders, the ports they are given', () => {
    expect(biboumiConfig({ domain: 'irc.lab.test', secret: 's', port: 7_002 }, '/room').split('\n')).toEqual(
      expect.arrayContaining([
        'xmpp_server_ip=127.0.0.1',
        'port=7002',
        'db_name=/room/biboumi.sqlite',
        'identd_port=0',
      ]),
    );
    expect(bitlbeeConfig(7_003, '/room').split('\n')).toEqual(
      expect.arrayContaining(['DaemonInterface = 127.0.0.1', 'DaemonPort = 7003', 'ConfigDir = /room']),
    );
    const user = { ...server, domain: 'lab.test', name: 'bob', password: 'p' };
    expect(bitlbeeDialog(user).map(([line]) => line)).toContain('account jabber set port 7000');
  });
});

describe('what a client shows', () => {
  it.each([
    ['@time=x :load1!u@h PRIVMSG #znc :load:1:2:3: lorem\r', { chat: '#znc', text: 'load:1:2:3: lorem' }],
    [':alice!a@lab.test PRIVMSG bench :hello :)\r', { chat: 'bench', text: 'hello :)' }],
    [':load1!u@h JOIN #znc\r', undefined],
    ['PING :x', undefined],
  ])('of the line %s', (line, shown) => {
    expect(shownInLine(line)[0]).toEqual(shown && { ...shown, id: expect.any(String) });
  });

  it.each([
    ['PING :znc', 'PONG :znc\r\n'],
    [':irc.znc.in PING x\r', 'PONG x\r\n'],
    ['@time=2026-11-29T16:40:00.000Z PING :ZNC\r', 'PONG :ZNC\r\n'],
    [':a!b@c PRIVMSG #znc :PING x\r', undefined],
  ])('%s is answered with %j', (line, reply) => expect(pong(line)).toBe(reply));

  it('of a stanza, whatever came before it in the same piece', () => {
    const stanza = `<presence from='a'/><message id='7' type='groupchat' from="#c%h@irc/load3"><body>load:1:2:3: x</body>`;
    expect(shownInStanza(stanza)).toEqual([{ id: '7', chat: '#c%h@irc', text: 'load:1:2:3: x' }]);
    expect(shownInStanza("<message from='a@b/c' id='1'><composing/>")).toEqual([]);
    expect(shownInStanza("<iq type='result'/>")).toEqual([]);
  });
});

describe('a contest', () => {
  const way = (lost: number, ms: number) => ({
    rate: async (perSecond: number, seconds: number) => outcome(perSecond * seconds, lost, ms),
    burst: async (count: number) => outcome(count, lost, ms),
  });
  const outcome = (sent: number, lost: number, ms: number) => ({
    ...{ sent, lost, doubled: 0, disordered: 0, seconds: 2 },
    latencies: Array<number>(sent - lost).fill(ms),
  });
  const entrants: Entrants = { parley: way(0, 4), znc: way(1, 2) };
  const plan = { rates: [10], seconds: 1, burst: { count: 8, times: 1 }, warmUp: { perSecond: 1, seconds: 1 } };
  const silent = () => {};

  it('gives each the same work and counts what each lost', async () => {
    const figures = await contest(entrants, plan, silent, 0);
    expect(figures.rates[0]?.latencies).toEqual({
      parley: { p50: 4, p99: 4, most: 4 },
      znc: { p50: 2, p99: 2, most: 2 },
    });
    expect(figures.burst?.perSecond).toEqual({ parley: 4, znc: 3.5 });
    expect(figures.counted.znc).toEqual({ sent: 19, lost: 3, doubled: 0, disordered: 0 });
  });

  it('is told as a table and watched over as ratios, without what was not there', async () => {
    const irc = await contest(entrants, plan, silent, 0);
    const memory = { accounts: 500, pssKiB: 120, rssKiB: 130, emptyPssKiB: 102_400 };
    const znc = { networks: 40, pssKiB: 48, rssKiB: 50, emptyPssKiB: 10_240 };
    const told = peers.read(JSON.stringify({ figures: { versions: 'znc 1', irc, memory: { ...memory, znc } } }));
    expect(told.lines[0]).toEqual({
      what: 'IRC line → client at 10 msg/s: p50, p99',
      parley: '4.0 ms, 4.0 ms',
      against: { ZNC: '2.0 ms, 2.0 ms (2.0×, 2.0×)' },
    });
    expect(told.ratios).toEqual([
      { what: 'IRC at 10 msg/s: p50, to ZNC', value: 2 },
      { what: 'IRC at 10 msg/s: p99, to ZNC', value: 2 },
      { what: 'IRC at once, ZNC to it', value: 0.875 },
      { what: 'memory of an IRC network, to ZNC', value: 2.5 },
    ]);
  });
});

describe('what has to be ended', () => {
  it('is ended last come first, also where work and an ending fail', async () => {
    const ended: string[] = [];
    const work = Endings.in(async (endings) => {
      endings.add('a', (name) => ended.push(name));
      endings.add('b', () => {
        throw new Error('b stays');
      });
      endings.add('c', (name) => ended.push(name));
    });
    await expect(work).rejects.toThrow('b stays');
    expect(ended).toEqual(['c', 'a']);
  });
});
