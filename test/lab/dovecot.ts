import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, daemon } from './daemon.ts';
import type { MailUser } from './mail.ts';
import { program } from './program.ts';
import { asRoot, ownName, type Site, userIds } from './site.ts';
import { host, talk } from './wait.ts';

type Options = {
  room: string;
  mailboxes: string;
  users: readonly MailUser[];
  imapPort: number;
  imapsPort: number;
  /** Where to ask whose an OAuth token is. */
  introspection: string;
};

/** Unix sockets that Postfix uses: mail is handed over on one, passwords are asked on the other. */
export type StoreSockets = { lmtpSocket: string; authSocket: string };

export async function dovecot(site: Site, options: Options): Promise<Daemon & { sockets: StoreSockets }> {
  const { room, mailboxes, users, imapPort, imapsPort } = options;
  const run = join(room, 'dovecot');
  const config = join(room, 'dovecot.conf');
  const sockets = { lmtpSocket: join(run, 'lmtp'), authSocket: join(run, 'auth-smtp') };
  await mkdir(run, { mode: 0o755 });
  await mkdir(mailboxes, { mode: 0o755 });
  const owner = userIds('mail');
  if (owner) await chown(mailboxes, owner.uid, owner.gid);
  const passwords = join(room, 'users');
  await writeFile(passwords, users.map((user) => `${user.username}:{PLAIN}${user.password}\n`).join(''));
  const tokens = join(room, 'tokens.conf');
  await writeFile(tokens, tokenSettings(options.introspection));
  await writeFile(config, settings(site, { ...options, run, passwords, tokens }));
  const server = daemon(site, {
    name: 'Dovecot',
    program: program('dovecot'),
    args: ['-F', '-c', config],
    room,
    logs: [join(room, 'dovecot.log')],
    ready: () =>
      Promise.all([
        talk({ port: imapPort, expect: /^\* OK .*AUTH=PLAIN/ }),
        talk({ port: imapsPort, tls: true, expect: /^\* OK / }),
      ]),
  });
  return { ...server, sockets };
}

type Settings = Options & { run: string; passwords: string; tokens: string };

/** A token is what the provider says it is, each time; Dovecot must not remember one that was taken back. */
const tokenSettings = (introspection: string) => `introspection_url = ${introspection}
introspection_mode = auth
force_introspection = yes
username_attribute = username
username_format = %Ln
active_attribute = active
active_value = true
timeout_msecs = 5000
`;

function settings(site: Site, { room, run, mailboxes, passwords, tokens, imapPort, imapsPort }: Settings): string {
  const mailUser = asRoot() ? 'mail' : ownName();
  const smtpUser = asRoot() ? 'postfix' : ownName();
  // Without root Dovecot can neither change users nor its root folder: everything runs as the one who started it.
  const unprivileged = asRoot()
    ? ''
    : `default_internal_user = ${ownName()}
default_login_user = ${ownName()}
service anvil { chroot = }
service imap-login { chroot = }
`;
  return `base_dir = ${run}
state_dir = ${run}
log_path = ${join(room, 'dovecot.log')}
protocols = imap lmtp
listen = ${host}
ssl = yes
ssl_cert = <${site.certificate.certFile}
ssl_key = <${site.certificate.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Ln
auth_failure_delay = 0
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${tokens}
}
passdb {
  driver = passwd-file
  args = username_format=%Ln ${passwords}
}
userdb {
  driver = static
  args = uid=${mailUser} gid=${mailUser} home=${mailboxes}/%Ln
  default_fields = uid=${mailUser}
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 1000
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
}
${unprivileged}service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${imapsPort}
    ssl = yes
  }
  process_min_avail = 1
  service_count = 0
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  unix_listener lmtp {
    user = ${smtpUser}
    mode = 0600
  }
}
service auth {
  unix_listener auth-smtp {
    user = ${smtpUser}
    mode = 0600
  }
}
`;
}
