import type { Lab, LabServer } from './types.ts';

/** One field of a Parley sign-in form: its name in the API, its label on the page, and what to enter there. */
export type Entry = { name: string; label: string; value: string; choice?: string; advanced?: true };

/** What to enter to sign Parley in to one of the lab's servers. Fields that are not named stay as they are. */
export type Form = {
  network: string;
  networkName: string;
  flow: string;
  /** Where a network has more than one way to sign in: the label of this one. */
  flowLabel?: string;
  server: string;
  fields: Entry[];
  remarks?: string[];
};

export type PartOfLab = Partial<Lab>;

/** The secret in the addresses that Kannel calls; its only purpose here is that a person need not look it up. */
export const webhookToken = 'lab-webhook-secret';

export function labForms(lab: PartOfLab): Form[] {
  return [
    ...(lab.inspircd ? [inspircdForm(lab.inspircd)] : []),
    ...(lab.ngircd ? [ngircdForm(lab.ngircd)] : []),
    ...(lab.mail ? [mailForm(lab.mail)] : []),
    ...(lab.smsc ? [smppForm(lab.smsc), httpForm(lab.smsc)] : []),
    ...(lab.prosody ? [xmppForm(lab.prosody, 'Prosody, an XMPP server')] : []),
    ...(lab.ejabberd ? [xmppForm(lab.ejabberd, 'ejabberd, another XMPP server')] : []),
    ...(lab.synapse ? [matrixForm(lab.synapse)] : []),
    ...(lab.telegram ? [telegramForm(lab.telegram)] : []),
  ];
}

const entry = (name: string, label: string, value: string | number): Entry => ({ name, label, value: String(value) });
const noEncryption = (name: string, label: string): Entry => ({
  ...entry(name, label, 'off'),
  choice: 'No encryption',
});

function inspircdForm(lab: Lab['inspircd']): Form {
  const { host, port, tlsPort, webSocketPort, secureWebSocketPort, accounts, caFile, client } = lab;
  const [account] = accounts;
  return {
    ...{ network: 'irc', networkName: 'IRC', flow: 'server', server: 'InspIRCd, a modern IRC server' },
    fields: [
      entry('server', 'Server', host),
      entry('port', 'Port', port),
      noEncryption('tls', 'Security'),
      entry('nick', 'Nick', account?.name ?? ''),
      entry('password', 'Password', account?.password ?? ''),
      entry('channels', 'Channels to join', '#lab'),
    ],
    remarks: [
      `With TLS: port ${tlsPort}, and the text of ${caFile} as the certificate to trust (More options).`,
      `By WebSocket: wss://${host}:${secureWebSocketPort}/ as the server, or ws://${host}:${webSocketPort}/ without TLS.`,
      `By your certificate in place of the password: ${client.certFile} and ${client.keyFile}, with TLS.`,
    ],
  };
}

const ngircdForm = ({ host, port }: Lab['ngircd']): Form => ({
  ...{ network: 'irc', networkName: 'IRC', flow: 'server', server: 'ngIRCd, a plain IRC server' },
  fields: [
    entry('server', 'Server', host),
    entry('port', 'Port', port),
    noEncryption('tls', 'Security'),
    entry('nick', 'Nick', 'parley'),
    entry('channels', 'Channels to join', '#lab'),
  ],
});

function mailForm({ host, users, imapPort, imapsPort, submissionPort, smtpsPort, caFile, oauth }: Lab['mail']): Form {
  const [user] = users;
  return {
    ...{ network: 'email', networkName: 'Email', flow: 'password', flowLabel: 'Mail address and password' },
    server: 'Postfix and Dovecot, a mail server',
    fields: [
      entry('address', 'Mail address', user?.address ?? ''),
      entry('password', 'Password', user?.password ?? ''),
      entry('imapHost', 'IMAP server', host),
      entry('imapPort', 'IMAP port', imapPort),
      noEncryption('imapTls', 'IMAP security'),
      entry('smtpHost', 'SMTP server', host),
      entry('smtpPort', 'SMTP port', submissionPort),
      noEncryption('smtpTls', 'SMTP security'),
    ],
    remarks: [
      `With TLS: IMAP port ${imapsPort}, SMTP port ${smtpsPort}, and the text of ${caFile} as the certificate to trust.`,
      `At the provider (OAuth), which agrees to everything: the same servers, client id ${oauth.clientId}, client secret`,
      `${oauth.clientSecret}, sign-in page ${oauth.authorizeUrl}, tokens ${oauth.tokenUrl}.`,
    ],
  };
}

function xmppForm({ host, port, tlsPort, users, caFile, rooms }: Lab['prosody'], server: string): Form {
  const [user] = users;
  return {
    ...{ network: 'xmpp', networkName: 'XMPP', flow: 'password', server },
    fields: [
      entry('jid', 'Address', user?.jid ?? ''),
      entry('password', 'Password', user?.password ?? ''),
      entry('host', 'Server', host),
      entry('port', 'Port', port),
      noEncryption('tls', 'Security'),
    ],
    remarks: [
      `With TLS: port ${tlsPort} (TLS) or ${port} (STARTTLS), and the text of ${caFile} as the certificate to trust.`,
      `Rooms are NAME@${rooms}.`,
    ],
  };
}

function matrixForm({ url, tlsUrl, users, caFile }: Lab['synapse']): Form {
  const [user] = users;
  return {
    ...{ network: 'matrix', networkName: 'Matrix', flow: 'password', flowLabel: 'Name and password' },
    server: 'Synapse, a Matrix homeserver',
    fields: [
      entry('homeserver', 'Homeserver', url),
      entry('username', 'User name', user?.name ?? ''),
      entry('password', 'Password', user?.password ?? ''),
    ],
    remarks: [
      `With TLS: ${tlsUrl}, and the text of ${caFile} as the certificate to trust (More options).`,
      'Single sign-on works too: choose it and enter the homeserver alone.',
    ],
  };
}

const telegramForm = ({ apiRoot, token }: Lab['telegram']): Form => ({
  ...{ network: 'telegram', networkName: 'Telegram', flow: 'bot', server: 'telegram-test-api, an emulated Bot API' },
  fields: [entry('token', 'Bot token', token), entry('apiRoot', 'Bot API server', apiRoot)],
});

const smppForm = ({ smpp }: Lab['smsc']): Form => ({
  ...{ network: 'sms', networkName: 'SMS', flow: 'smpp', flowLabel: 'SMS centre (SMPP)' },
  server: 'an SMS centre',
  fields: [
    entry('host', 'SMS centre', smpp.host),
    entry('port', 'Port', smpp.port),
    entry('systemId', 'System id', smpp.systemId),
    entry('password', 'Password', smpp.password),
    entry('from', 'Sent from', smpp.number),
  ],
});

const httpForm = ({ http }: Lab['smsc']): Form => ({
  ...{ network: 'sms', networkName: 'SMS', flow: 'http', flowLabel: 'SMS gateway (HTTP)' },
  server: 'Kannel, an SMS gateway',
  fields: [
    entry('url', 'Gateway address', http.url),
    entry('username', 'User name', http.username),
    entry('password', 'Password', http.password),
    entry('from', 'Sent from', http.number),
    { ...entry('webhookToken', 'Webhook secret', webhookToken), advanced: true },
  ],
  remarks: ['To receive as well: copy the webhook address that Parley then shows, and type here:  callback ADDRESS'],
});

type Example = { for: LabServer; does: string; type: string };

/** What people at the other end type, in a terminal of their own. */
export function labExamples(lab: PartOfLab): Example[] {
  const { inspircd, ngircd, mail, smsc, prosody, ejabberd, telegram, redis, swift } = lab;
  const examples: Example[] = [];
  const add = (server: LabServer, does: string, type: string) => examples.push({ for: server, does, type });
  if (inspircd) {
    add('inspircd', 'chat as ann', `irssi --home=/tmp/irssi-ann -c ${inspircd.host} -p ${inspircd.port} -n ann`);
  }
  if (ngircd) {
    add('ngircd', 'chat as ben', `irssi --home=/tmp/irssi-ben -c ${ngircd.host} -p ${ngircd.port} -n ben`);
  }
  if (inspircd || ngircd) add('inspircd', 'and in irssi', '/msg parley Hello      /join #lab');
  const [me, alice] = mail?.users ?? [];
  if (mail && me && alice) {
    add(
      'mail',
      'write as Alice',
      `swaks --server ${mail.host}:${mail.smtpPort} --from ${alice.address} --to ${me.address} --header 'Subject: Hello' --body 'Lunch?'`,
    );
    add(
      'mail',
      "read Alice's mail",
      `mutt -e 'set folder=/tmp ssl_force_tls=no ssl_starttls=no' -f imap://${alice.username}:${alice.password}@${mail.host}:${mail.imapPort}/INBOX`,
    );
    add(
      'mail',
      'or its first',
      `curl -s --user ${alice.username}:${alice.password} 'imap://${mail.host}:${mail.imapPort}/INBOX;MAILINDEX=1'`,
    );
  }
  if (smsc) add('smsc', 'text from a phone', 'sms +447700900201 Hello        (typed here, see help)');
  if (telegram) add('telegram', 'write to the bot', 'telegram anna Hello        (typed here, see help)');
  for (const server of ['prosody', 'ejabberd'] as const) {
    const { host, port, users: [, person] = [] } = { prosody, ejabberd }[server] ?? {};
    if (!person) continue;
    add(server, `chat as ${person.name}`, `profanity     /connect ${person.jid} server ${host} port ${port} tls trust`);
  }
  if (redis) add('redis', 'run Parley on Redis', `REDIS_URL=${redis.url} npm start`);
  if (swift) add('swift', 'keep files in its bucket', `S3_URL='${swift.url}' npm start`);
  return examples;
}

/** Everything a person needs to try Parley against this lab, as plain text. */
export function labSheet(lab: PartOfLab): string {
  const lines: string[] = [];
  for (const { networkName, flowLabel, server, fields, remarks = [] } of labForms(lab)) {
    const way = [networkName, ...(flowLabel ? [flowLabel] : [])].join(', ');
    lines.push('', `${networkName}: ${server}. In Parley: Add a network, ${way}, and enter`);
    const width = Math.max(...fields.map(({ label }) => label.length));
    for (const { label, value, choice, advanced } of fields) {
      lines.push(`  ${label.padEnd(width)}   ${choice ?? value}${advanced ? '      (under More options)' : ''}`);
    }
    lines.push(...remarks.map((remark) => `  ${remark}`));
  }
  const examples = labExamples(lab);
  const width = Math.max(...examples.map(({ does }) => does.length));
  lines.push('', 'At the other end, in another terminal:');
  lines.push(...examples.map(({ does, type }) => `  ${does.padEnd(width)}   ${type}`));
  const people = [
    ...(lab.inspircd?.accounts ?? []).map(({ name, password }) => `IRC ${name} / ${password}`),
    ...[...(lab.prosody?.users ?? []), ...(lab.ejabberd?.users ?? [])].map(
      ({ jid, password }) => `XMPP ${jid} / ${password}`,
    ),
    ...(lab.synapse?.users ?? []).map(({ id, password }) => `Matrix ${id} / ${password}`),
    ...(lab.mail?.users ?? []).map(({ address, password }) => `mail ${address} / ${password}`),
  ];
  if (people.length > 0) lines.push('', `Accounts: ${people.join(', ')}`);
  return lines.join('\n');
}
