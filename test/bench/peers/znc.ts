import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, daemon } from '../../lab/daemon.ts';
import { program } from '../../lab/program.ts';
import { type Site, userIds } from '../../lab/site.ts';
import { host, talk } from '../../lab/wait.ts';
import { freePort } from '../../support/ports.ts';
import { type ProcessMemory, processMemory } from '../process-use.ts';
import { openIrcClient } from './irc-client.ts';
import type { TextSocket } from './text-socket.ts';

export type ZncPlan = {
  /** Where it connects to. */
  server: { host: string; port: number };
  users: number;
  /** Of all users together, given to them in turn: `nick0`, `nick1` and so on. */
  networks: number;
  nick: string;
  channel: string;
  /** Keeps what is said in text files. */
  log?: true;
};

const password = 'secret';

/**
 * Nothing holds it back: no flood protection towards the server, no delay between connections and joins, no limit on
 * clients from one address. Everything else is as its own `--makeconf` leaves it.
 */
export function zncConfig(plan: ZncPlan, port: number): string {
  const users = Array.from({ length: plan.users }, (_, user) => {
    const networks = Array.from({ length: plan.networks }, (_, at) => at).filter((at) => at % plan.users === user);
    return [
      `<User bench${user}>`,
      `  Pass = plain#${password}`,
      '  Admin = true',
      `  Nick = ${plan.nick}`,
      '  Buffer = 50',
      `  MaxNetworks = ${plan.networks}`,
      '  JoinTries = 10',
      ...(plan.log ? ['  LoadModule = log'] : []),
      ...networks.flatMap((at) => network(plan, at)),
      '</User>',
    ].join('\n');
  });
  return [
    'Version = 1.8.2',
    'AnonIPLimit = 10000',
    'ConnectDelay = 0',
    'ServerThrottle = 0',
    'MaxBufferSize = 500',
    '<Listener bench>',
    `  Host = ${host}`,
    `  Port = ${port}`,
    '  IPv4 = true',
    '  IPv6 = false',
    '  SSL = false',
    '  AllowIRC = true',
    '  AllowWeb = false',
    '</Listener>',
    ...users,
    '',
  ].join('\n');
}

const network = ({ server, nick, channel }: ZncPlan, at: number): string[] => [
  `  <Network n${at}>`,
  `    Nick = ${nick}${at}`,
  '    FloodRate = -1',
  '    FloodBurst = 9999',
  '    JoinDelay = 0',
  `    Server = ${server.host} ${server.port}`,
  `    <Chan ${channel}>`,
  '    </Chan>',
  '  </Network>',
];

/** A bouncer in a folder of its own. */
export class Znc {
  private constructor(
    private readonly daemon: Daemon,
    private readonly port: number,
  ) {}

  static async start(site: Site, plan: ZncPlan): Promise<Znc> {
    const port = await freePort();
    const room = await site.room('znc', '_znc');
    const folder = join(room, 'configs');
    const file = join(folder, 'znc.conf');
    mkdirSync(folder);
    writeFileSync(file, zncConfig(plan, port));
    const ids = userIds('_znc');
    if (ids) for (const path of [folder, file]) chownSync(path, ids.uid, ids.gid);
    const server = daemon(site, {
      name: 'ZNC',
      program: program('znc'),
      args: ['--foreground', '--datadir', room],
      user: '_znc',
      room,
      ready: () => talk({ port, say: 'NICK probe\r\nUSER probe 0 * :probe\r\n', expect: /Password required|464/i }),
    });
    await server.up();
    return new Znc(server, port);
  }

  /** A client attached to the first network. */
  client(nick: string, channel: string): Promise<TextSocket> {
    const ready = new RegExp(` (366|JOIN) .*${channel}`);
    return openIrcClient({ host, port: this.port }, { nick, password: `bench0/n0:${password}`, ready });
  }

  memory(): ProcessMemory {
    const pid = this.daemon.pid();
    if (pid === undefined) throw new Error('ZNC is not running');
    return processMemory(pid);
  }

  stop(): Promise<void> {
    return this.daemon.down();
  }
}
