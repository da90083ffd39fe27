import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, daemon } from './daemon.ts';
import type { StoreSockets } from './dovecot.ts';
import type { MailUser } from './mail.ts';
import { program } from './program.ts';
import { type Site, userIds } from './site.ts';
import { host, talk } from './wait.ts';

type Options = StoreSockets & {
  room: string;
  domain: string;
  users: readonly MailUser[];
  smtpPort: number;
  submissionPort: number;
  smtpsPort: number;
};

/**
 * Takes mail for the lab's domain. Every other domain is unreachable: a mail to it, from those who may send at all, is
 * taken and comes back as a bounce, as a command ends in the way that sysexits.h says of an unknown host. (With `error:`
 * as the transport the address would be refused at once.) Dovecot is where mail ends: a report of success says "delivered".
 * One mail is handed over at a time, so that they arrive in the order they were written.
 */
export async function postfix(site: Site, options: Options): Promise<Daemon> {
  const config = join(options.room, 'postfix');
  const queue = join(options.room, 'queue');
  const state = join(options.room, 'postfix-state');
  await mkdir(config);
  await makeQueue(queue, state);
  await writeFile(join(config, 'main.cf'), mainSettings(site, options, queue, state));
  await writeFile(join(config, 'master.cf'), services(options));
  return daemon(site, {
    name: 'Postfix',
    program: program('postfix/sbin/master'),
    args: ['-c', config],
    room: options.room,
    logs: [join(options.room, 'postfix.log')],
    ready: () =>
      Promise.all([
        talk({ port: options.smtpPort, expect: /^220 / }),
        talk({ port: options.submissionPort, expect: /^220 / }),
        talk({ port: options.smtpsPort, tls: true, expect: /^220 / }),
      ]),
  });
}

/** The folders that `postfix check` would make, with the owners and rights it insists on. */
async function makeQueue(queue: string, state: string): Promise<void> {
  const owner = userIds('postfix');
  if (!owner) throw new Error('Postfix must be started by root');
  await mkdir(queue, { mode: 0o755 });
  await mkdir(state, { mode: 0o700 });
  await chown(state, owner.uid, owner.gid);
  await mkdir(join(queue, 'pid'), { mode: 0o755 });
  for (const name of [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'saved',
    'trace',
  ]) {
    await mkdir(join(queue, name), { mode: 0o700 });
    await chown(join(queue, name), owner.uid, owner.gid);
  }
  for (const [name, mode] of [
    ['private', 0o700],
    ['public', 0o710],
    ['maildrop', 0o730],
  ] as const) {
    await mkdir(join(queue, name), { mode });
    await chown(join(queue, name), owner.uid, owner.gid);
  }
}

const mainSettings = (
  site: Site,
  { room, domain, users, lmtpSocket, authSocket }: Options,
  queue: string,
  state: string,
) =>
  `compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${state}
command_directory = /usr/sbin
daemon_directory = ${program('postfix/sbin/master').replace(/\/master$/, '')}
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${join(room, 'postfix.log')}
maillog_file_prefixes = ${room}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.${domain}
mydomain = ${domain}
myorigin = ${domain}
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = inline:{${users.map((user) => `${user.address}=${user.username}`).join(', ')}}
virtual_alias_maps = inline:{postmaster@${domain}=alice@${domain}, MAILER-DAEMON@${domain}=alice@${domain}}
virtual_transport = lmtp:unix:${lmtpSocket}
default_transport = nowhere:
relay_transport = nowhere:
local_transport = error:5.1.1 no local users
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${authSocket}
smtpd_sasl_local_domain = ${domain}
smtpd_tls_security_level = may
smtpd_tls_auth_only = no
smtpd_tls_cert_file = ${site.certificate.certFile}
smtpd_tls_key_file = ${site.certificate.keyFile}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
message_size_limit = 26214400
mailbox_size_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 5s
queue_run_delay = 2s
in_flow_delay = 0
lmtp_destination_concurrency_limit = 1
biff = no
`;

const services = ({ smtpPort, submissionPort, smtpsPort }: Options) => {
  const people = '-o smtpd_client_restrictions=permit_sasl_authenticated,reject';
  return `${host}:${smtpPort} inet n - n - - smtpd
${host}:${submissionPort} inet n - n - - smtpd ${people}
${host}:${smtpsPort} inet n - n - - smtpd ${people} -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
nowhere unix - n n - - pipe user=nobody argv=/bin/sh -c {echo this lab delivers nowhere else; exit 68}
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp flags=X
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`;
};
