import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, daemon } from '../../lab/daemon.ts';
import { program } from '../../lab/program.ts';
import type { Site } from '../../lab/site.ts';
import { host, talk } from '../../lab/wait.ts';
import { freePort } from '../../support/ports.ts';
import { openIrcClient } from './irc-client.ts';
import type { TextSocket } from './text-socket.ts';
import type { XmppUser } from './xmpp-client.ts';

/** It has no setting that holds messages back; pings to the client are off, so that nothing else is on its socket. */
export const bitlbeeConfig = (port: number, folder: string): string =>
  [
    '[settings]',
    'RunMode = Daemon',
    `DaemonInterface = ${host}`,
    `DaemonPort = ${port}`,
    `ConfigDir = ${folder}`,
    'PingInterval = 0',
    'PingTimeOut = 0',
    '',
  ].join('\n');

/** What its control channel is told, in order, and what each is answered with. */
export const bitlbeeDialog = ({ host: server, port, domain, name, password }: XmppUser): [string, RegExp][] => [
  [`account add jabber ${name}@${domain} ${password}`, /successfully added/],
  [`account jabber set server ${server}`, /server = /],
  [`account jabber set port ${port}`, /port = /],
  ['account jabber set tls false', /tls = /],
  ['account jabber on', /Logged in/],
];

export class Bitlbee {
  private constructor(
    private readonly daemon: Daemon,
    private readonly port: number,
  ) {}

  static async start(site: Site): Promise<Bitlbee> {
    const port = await freePort();
    const room = await site.room('bitlbee', 'bitlbee');
    const folder = await site.room('bitlbee-users', 'bitlbee');
    const config = join(room, 'bitlbee.conf');
    writeFileSync(config, bitlbeeConfig(port, folder));
    const server = daemon(site, {
      name: 'BitlBee',
      program: program('bitlbee'),
      args: ['-D', '-n', '-c', config, '-d', folder],
      user: 'bitlbee',
      room,
      ready: () => talk({ port, expect: /NOTICE/ }),
    });
    await server.up();
    return new Bitlbee(server, port);
  }

  /** An IRC client whose XMPP account is online. */
  async client(user: XmppUser): Promise<TextSocket> {
    const socket = await openIrcClient({ host, port: this.port }, { nick: 'bench', ready: / JOIN .*&bitlbee/ });
    for (const [line, answer] of bitlbeeDialog(user)) await socket.ask(`PRIVMSG &bitlbee :${line}\r\n`, answer);
    return socket;
  }

  stop(): Promise<void> {
    return this.daemon.down();
  }
}
