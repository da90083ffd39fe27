import { join } from 'node:path';
import { freePorts } from '../support/ports.ts';
import { dovecot } from './dovecot.ts';
import { introspectionUrl, oauthProvider } from './oauth-provider.ts';
import { postfix } from './postfix.ts';
import type { Site } from './site.ts';
import { restartable, together } from './switch.ts';
import type { MailLab } from './types.ts';
import { host } from './wait.ts';

export type MailUser = { address: string; username: string; password: string };

const domain = 'lab.test';
const users: MailUser[] = ['parley', 'alice', 'bob'].map((name) => ({
  address: `${name}@${domain}`,
  username: name,
  password: `${name}-mail`,
}));

/**
 * Postfix takes mail in and hands it to Dovecot over LMTP; Dovecot keeps the mailboxes and the passwords of
 * both, and asks a provider of its own about OAuth tokens.
 */
export async function startMail(site: Site): Promise<MailLab> {
  const [imapPort = 0, imapsPort = 0, smtpPort = 0, submissionPort = 0, smtpsPort = 0, oauthPort = 0] =
    await freePorts(6);
  const room = await site.room('mail');
  const mailboxes = join(room, 'boxes');
  const store = await dovecot(site, {
    ...{ room, mailboxes, users, imapPort, imapsPort },
    introspection: introspectionUrl(oauthPort),
  });
  const transfer = await postfix(site, { room, domain, users, smtpPort, submissionPort, smtpsPort, ...store.sockets });
  const oauth = oauthProvider(oauthPort, (hint) => users.find(({ address }) => address === hint)?.username);
  const server = together([oauth, store, transfer]);
  await server.up();
  return {
    ...{ host, imapPort, imapsPort, smtpPort, submissionPort, smtpsPort, domain, users },
    oauth,
    caFile: site.certificate.certFile,
    maildir: (address) => join(mailboxes, address.replace(/@.*/, ''), 'Maildir'),
    ...restartable(server),
  };
}
