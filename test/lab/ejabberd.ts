import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { program } from './program.ts';
import type { Site } from './site.ts';
import { restartable } from './switch.ts';
import type { XmppLab } from './types.ts';
import { host, talk } from './wait.ts';
import { accountsOf, header, xmppDomain } from './xmpp.ts';

type Ports = { port: number; tlsPort: number; httpPort: number };

/**
 * ejabberd, on an Erlang node of its own that is not distributed: no node name to clash, no epmd, no port beside those
 * it serves. Accounts are made through its HTTP commands.
 */
export async function startEjabberd(site: Site): Promise<XmppLab> {
  const [port = 0, tlsPort = 0, httpPort = 0] = await freePorts(3);
  const room = await site.room('ejabberd', 'ejabberd');
  const config = join(room, 'ejabberd.yml');
  writeFileSync(config, settings(site, room, { port, tlsPort, httpPort }));
  const command = async (name: string, input: Record<string, string>) => {
    const url = `http://${host}:${httpPort}/api/${name}`;
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(5_000),
    });
    return { ok: answer.ok, text: await answer.text() };
  };
  const setPassword = async (user: string, password: string) => {
    const made = await command('register', { user, host: xmppDomain, password });
    if (made.ok) return;
    const changed = await command('change_password', { user, host: xmppDomain, newpass: password });
    if (!changed.ok) throw new Error(`ejabberd made no account ${user}: ${made.text}; ${changed.text}`);
  };
  const users = accountsOf(xmppDomain);
  const server = daemon(site, {
    name: 'ejabberd',
    program: program('erl'),
    args: [
      ...['+K', 'true', '+sbwt', 'none', '-noinput', '-mnesia', 'dir', JSON.stringify(join(room, 'database'))],
      ...['-env', 'EJABBERD_CONFIG_PATH', config, '-env', 'EJABBERD_LOG_PATH', join(room, 'ejabberd.log')],
      ...['-env', 'ERL_CRASH_DUMP_BYTES', '0', '-home', room],
      ...['-env', 'ERL_LIBS', '/usr/lib/x86_64-linux-gnu', '-s', 'ejabberd'],
    ],
    user: 'ejabberd',
    room,
    logs: [join(room, 'ejabberd.log')],
    ready: async () => {
      await talk({ port, say: header, expect: /<mechanism>SCRAM-SHA-1</ });
      await talk({ port: tlsPort, tls: true, say: header, expect: /<mechanism>SCRAM-SHA-1</ });
      for (const { name, password } of users) await setPassword(name, password);
    },
  });
  await server.up();
  return {
    ...{ host, port, tlsPort, domain: xmppDomain, rooms: `rooms.${xmppDomain}`, users },
    ...{ caFile: site.certificate.certFile, room, setPassword },
    ...restartable(server),
  };
}

const settings = (site: Site, room: string, { port, tlsPort, httpPort }: Ports) => `
hosts: [${xmppDomain}]
loglevel: warning
auth_method: mnesia
auth_password_format: plain
certfiles: ["${site.certificate.certFile}", "${site.certificate.keyFile}"]
acme: {auto: false}
new_sql_schema: false
listen:
  - {port: ${port}, ip: "${host}", module: ejabberd_c2s, max_stanza_size: 1048576, starttls: true}
  - {port: ${tlsPort}, ip: "${host}", module: ejabberd_c2s, max_stanza_size: 1048576, tls: true}
  - port: ${httpPort}
    ip: "${host}"
    module: ejabberd_http
    request_handlers: {/api: mod_http_api, /upload: mod_http_upload}
api_permissions:
  lab: {from: [mod_http_api], who: [{ip: 127.0.0.0/8}], what: "*"}
acl:
  local: {user_regexp: ""}
access_rules:
  local: [{allow: local}]
modules:
  mod_adhoc: {}
  mod_admin_extra: {}
  mod_avatar: {}
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_disco: {}
  mod_http_api: {}
  mod_http_upload:
    host: files.@HOST@
    put_url: "http://${host}:${httpPort}/upload"
    docroot: "${join(room, 'upload')}"
    max_size: 5242880
  mod_last: {}
  mod_mam: {default: always, db_type: mnesia, request_activates_archiving: false}
  mod_muc:
    host: rooms.@HOST@
    access: all
    access_create: all
    access_persistent: all
    access_mam: all
    default_room_options: {mam: true, persistent: true}
  mod_offline: {use_mam_for_storage: false}
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub: {plugins: [flat, pep]}
  mod_roster: {versioning: true}
  mod_stream_mgmt: {resume_timeout: 120, resend_on_timeout: if_offline}
  mod_time: {}
  mod_vcard: {}
  mod_vcard_xupdate: {}
  mod_version: {}
`;
