import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { program } from './program.ts';
import type { Site } from './site.ts';
import { restartable } from './switch.ts';
import type { NgircdLab } from './types.ts';
import { host, talk } from './wait.ts';

/** A plain IRC server of the old school: hardly any IRCv3, no services, short names. */
export async function startNgircd(site: Site): Promise<NgircdLab> {
  const port = await freePort();
  const room = await site.room('ngircd', 'irc');
  const config = join(room, 'ngircd.conf');
  await writeFile(config, settings(port, room));
  const server = daemon(site, {
    name: 'ngIRCd',
    program: program('ngircd'),
    args: ['--nodaemon', '--config', config],
    user: 'irc',
    room,
    ready: () => talk({ port, say: 'CAP LS\r\n', expect: /CAP \* LS/ }),
  });
  await server.up();
  return { host, port, ...restartable(server) };
}

const settings = (port: number, room: string) => `[Global]
Name = irc2.lab.test
Info = Parley lab, second network
AdminInfo1 = Parley lab
AdminEMail = admin@lab.test
Listen = ${host}
Ports = ${port}
MotdPhrase = Welcome to the lab
PidFile = ${join(room, 'ngircd.pid')}

[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = 0
PingTimeout = 60
PongTimeout = 20

[Options]
DNS = no
Ident = no
PAM = no
`;
