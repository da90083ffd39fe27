import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { kannelPhone } from './kannel-phone.ts';
import type { Phones } from './phones.ts';
import { program } from './program.ts';
import type { Site } from './site.ts';
import { together } from './switch.ts';
import type { Switch } from './types.ts';
import { host, talk } from './wait.ts';

export interface Kannel extends Switch {
  account: { url: string; username: string; password: string };
  setCallback(url: string): Promise<void>;
  sendFromPhone(from: string, to: string, text: string): void;
}

type Ports = { adminPort: number; boxPort: number; phonePort: number; sendPort: number };

const username = 'parley';
const password = 'parley-sms';
const adminPassword = 'lab-admin';

/**
 * Kannel in its usual two programs: bearerbox speaks to the message centre (its own fake one, where our phones connect)
 * and keeps the queue; smsbox has the HTTP side.
 */
export async function kannel(site: Site, phones: Phones): Promise<Kannel> {
  const [adminPort = 0, boxPort = 0, phonePort = 0, sendPort = 0] = await freePorts(4);
  const ports: Ports = { adminPort, boxPort, phonePort, sendPort };
  const room = await site.room('kannel', 'kannel');
  const boxRoom = await site.room('kannel-smsbox', 'kannel');
  const config = join(room, 'kannel.conf');
  await writeFile(config, settings(room, ports));

  const status = (path: string, expect: RegExp) => () =>
    talk({ port: adminPort, say: `GET ${path}?password=${adminPassword} HTTP/1.0\r\n\r\n`, expect });
  const bearerbox = daemon(site, {
    name: 'Kannel bearerbox',
    program: program('bearerbox'),
    args: ['--', config],
    user: 'kannel',
    room,
    ready: status('/status.txt', /Status: running/),
  });
  const phone = kannelPhone(phonePort, phones);
  const smsbox = daemon(site, {
    name: 'Kannel smsbox',
    program: program('smsbox'),
    args: ['--', config],
    user: 'kannel',
    room: boxRoom,
    ready: async () => {
      await talk({ port: sendPort, say: 'GET /cgi-bin/sendsms HTTP/1.0\r\n\r\n', expect: /^HTTP\/1\.[01] 403/ });
      await status('/status.txt', /smsbox.*on-line/)();
    },
  });
  const server = together([bearerbox, phone, smsbox]);
  return {
    ...server,
    account: { url: `http://${host}:${sendPort}/cgi-bin/sendsms`, username, password },
    async setCallback(url) {
      await writeFile(config, settings(room, ports, withEscapes(url)));
      await smsbox.down();
      await smsbox.up();
    },
    sendFromPhone: phone.send,
  };
}

/** Kannel fills the escapes in, URL-encoded. */
function withEscapes(url: string): string {
  if (/%[a-zA-Z](?![0-9a-fA-F])/.test(url)) return url;
  const fields = 'from=%p&to=%P&text=%b&coding=%c&charset=%C&udh=%u&id=%I&time=%T';
  return `${url}${url.includes('?') ? '&' : '?'}${fields}`;
}

/**
 * `mo-recode` makes what phones write in UCS-2 arrive as UTF-8, as a gateway for web programs is set up. One request at
 * a time keeps the order in which phones write.
 */
const settings = (room: string, { adminPort, boxPort, phonePort, sendPort }: Ports, callback?: string) => `group = core
admin-port = ${adminPort}
admin-interface = ${host}
admin-password = ${adminPassword}
smsbox-port = ${boxPort}
smsbox-interface = ${host}
box-deny-ip = "*.*.*.*"
box-allow-ip = "${host}"
store-type = file
store-location = "${join(room, 'store')}"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = phones
port = ${phonePort}
connect-allow-ip = ${host}

group = smsbox
bearerbox-host = ${host}
bearerbox-port = ${boxPort}
sendsms-port = ${sendPort}
sendsms-interface = ${host}
mo-recode = true
max-pending-requests = 1
http-request-retry = 3
http-queue-delay = 1

group = sendsms-user
username = ${username}
password = ${password}
user-deny-ip = "*.*.*.*"
user-allow-ip = "${host}"
concatenation = true
max-messages = 20

group = sms-service
keyword = default
catch-all = true
max-messages = 0
${callback ? `get-url = "${callback}"` : 'text = ""'}
`;
