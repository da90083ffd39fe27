import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { program } from './program.ts';
import { type Site, userIds } from './site.ts';
import { restartable } from './switch.ts';
import type { XmppLab } from './types.ts';
import { host, talk } from './wait.ts';
import { accountsOf, header, xmppDomain } from './xmpp.ts';

/** What is wanted beside the usual: lines for the whole server, more hosts or components, and a port for clients. */
export type ProsodyMore = { settings?: string; hosts?: string; port?: number };

type Ports = { port: number; tlsPort: number; httpPort: number };

/** Prosody, with rooms, archives, avatars and an upload service. Accounts are files, so that one is made in no time. */
export async function startProsody(site: Site, more: ProsodyMore = {}): Promise<XmppLab> {
  const [free = 0, tlsPort = 0, httpPort = 0] = await freePorts(3);
  const port = more.port ?? free;
  const room = await site.room('prosody', 'prosody');
  const config = join(room, 'prosody.cfg.lua');
  writeFileSync(config, settings(site, room, { port, tlsPort, httpPort }, more));
  const setPassword = async (name: string, password: string) => writeAccount(room, name, password);
  const users = accountsOf(xmppDomain);
  for (const { name, password } of users) await setPassword(name, password);
  const server = daemon(site, {
    name: 'Prosody',
    program: program('prosody'),
    args: ['--config', config, '--no-daemonize'],
    user: 'prosody',
    room,
    logs: [join(room, 'prosody.log')],
    ready: async () => {
      await talk({ port, say: header, expect: /<mechanism>SCRAM-SHA-1</ });
      await talk({ port: tlsPort, tls: true, say: header, expect: /<mechanism>SCRAM-SHA-1</ });
      await talk({ port: httpPort, say: 'GET / HTTP/1.0\r\n\r\n', expect: /^HTTP/ });
    },
  });
  await server.up();
  return {
    ...{ host, port, tlsPort, domain: xmppDomain, rooms: `rooms.${xmppDomain}`, users },
    ...{ caFile: site.certificate.certFile, room, setPassword },
    ...restartable(server),
  };
}

/** As `prosodyctl register` leaves it with plain storage. */
function writeAccount(room: string, name: string, password: string): void {
  const ids = userIds('prosody');
  let folder = room;
  for (const part of ['data', encodeName(xmppDomain), 'accounts']) {
    folder = join(folder, part);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    if (ids) chownSync(folder, ids.uid, ids.gid);
  }
  const file = join(folder, `${encodeName(name)}.dat`);
  writeFileSync(file, `return {\n\t["password"] = ${JSON.stringify(password)};\n};\n`);
  chmodSync(file, 0o644);
}

const encodeName = (name: string) =>
  name.replace(/[^A-Za-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);

const settings = (site: Site, room: string, { port, tlsPort, httpPort }: Ports, more: ProsodyMore) => `
pidfile = "${join(room, 'prosody.pid')}"
data_path = "${join(room, 'data')}"
log = { info = "${join(room, 'prosody.log')}" }
modules_enabled = {
  "roster", "saslauth", "tls", "disco", "carbons", "pep", "private", "blocklist", "vcard4", "vcard_legacy",
  "time", "ping", "version", "mam", "smacks", "csi_simple", "bookmarks", "posix",
}
modules_disabled = { "s2s" }
authentication = "internal_plain"
storage = "internal"
archive_expires_after = "never"
default_archive_policy = true
max_archive_query_results = 100
c2s_require_encryption = false
smacks_hibernation_time = 120
interfaces = { "${host}" }
local_interfaces = { "${host}" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { ${tlsPort} }
s2s_ports = { }
http_interfaces = { "${host}" }
http_ports = { ${httpPort} }
https_ports = { }
ssl = { certificate = "${site.certificate.certFile}"; key = "${site.certificate.keyFile}" }
${more.settings ?? ''}
VirtualHost "${xmppDomain}"

Component "rooms.${xmppDomain}" "muc"
  modules_enabled = { "muc_mam" }
  muc_log_by_default = true
  muc_room_default_public = true

Component "files.${xmppDomain}" "http_file_share"
  http_host = "${host}"
  http_external_url = "http://${host}:${httpPort}/"
  http_file_share_size_limit = ${5 * 1024 * 1024}

${more.hosts ?? ''}`;
