import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { programPath } from '../../scripts/packages.mjs';
import { labOrSkip } from '../support/lab.js';
import { MailProgram, type ReadMail } from '../support/mail-program.js';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';

const lab = await labOrSkip(['mail'], ['people']);
const run = promisify(execFile);

type Conversation = { id: string; name: string; unread: number; chats: { id: string; accountId: string }[] };
type Message = Omit<SceneMessage, 'attachments'> & {
  conversationId: string;
  html?: string;
  sentAt: string;
  attachments: { name: string; type: string; url: string; contentId?: string }[];
};

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/**
 * A mailbox at the lab's Postfix and Dovecot. Alice and Bob write with swaks and with a program in Python, and so do we,
 * with a second program at the same mailbox.
 */
if (lab) {
  const { mail } = lab;
  const parley = await Parley.start();
  afterAll(() => parley.remove());
  const [alice, bob, phone] = ['alice', 'bob', 'parley'].map((name) => new MailProgram(mail, name)) as [
    MailProgram,
    MailProgram,
    MailProgram,
  ];
  const scene = new Scene('email');

  const conversations = async (): Promise<Conversation[]> => (await parley.ok('GET', '/conversations?limit=200')).items;
  const conversation = (name: string) =>
    eventually(async () => (await conversations()).find((one) => one.name === name), 30_000);
  const timeline = async (id: string): Promise<Message[]> =>
    (await parley.ok('GET', `/conversations/${id}/messages?limit=200`)).items;
  const seen = (where: string, text: string, fits: (message: Message) => boolean = () => true) =>
    eventually(async () => (await timeline(where)).find((one) => one.text === text && fits(one)), 40_000);
  const write = async (where: string, body: Record<string, unknown>, until = ['sent', 'failed']): Promise<Message> => {
    const { message } = await parley.ok('POST', `/conversations/${where}/messages`, body);
    return eventually(async () => {
      const now = await parley.ok('GET', `/messages/${message.id}`);
      return until.includes(now.status) ? now : undefined;
    }, 40_000);
  };
  const upload = async (name: string, type: string, content: Buffer): Promise<string> => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(content)], { type }), name);
    const answer = await fetch(`${parley.url}/api/v1/attachments`, {
      ...{ method: 'POST', body: form, headers: { authorization: `Bearer ${parley.token}` } },
    });
    const { id } = (await answer.json()) as { id: string };
    return id;
  };
  const swaks = (...args: string[]) =>
    run(programPath('swaks') ?? 'swaks', ['--server', `${mail.host}:${mail.smtpPort}`, '--silent', '2', ...args]);

  /** What another program shows of a mail, without what differs in each run. */
  const inWords = ({ headers, text, files }: ReadMail): string => {
    const answers = headers['in-reply-to'] ? ', an answer' : '';
    const parts = files.map(({ name, type }) => ` [file ${name} (${type})]`).join('');
    return `"${headers.subject}" to ${headers.to}${answers}: ${text.trim().split('\n')[0]}${parts}`;
  };

  test('a mailbox, both ways, over a restart', { timeout: 180_000 }, async () => {
    await parley.setUp();
    scene.act('before Parley: a year of mail with Bob lies in the mailbox');
    for (let month = 1; month <= 8; month++) {
      const at = Date.UTC(2026, month - 1, 5, 12) / 1000;
      const date = new Date(at * 1000).toUTCString();
      const there = month % 2 === 1;
      await phone.file(
        there ? 'INBOX' : 'Sent',
        {
          headers: {
            ...(there ? { From: `Bob <${bob.address}>`, To: phone.address } : { From: phone.address, To: bob.address }),
            ...{ Subject: 'Rent', Date: date, 'Message-ID': `<rent-${month}@lab.test>` },
          },
          text: there ? `The rent of month ${month}?` : `Paid, month ${month}`,
        },
        { at, flags: ['\\Seen'] },
      );
    }

    scene.act('you sign in');
    const account = await parley.signIn('email', 'password', {
      ...{ address: phone.address, username: 'parley', password: 'parley-mail', name: 'Robin', backfill: 1 },
      ...{ imapHost: mail.host, imapPort: mail.imapsPort, imapTls: 'on' },
      ...{ smtpHost: mail.host, smtpPort: mail.submissionPort, smtpTls: 'starttls' },
      certificate: await readFile(mail.caFile, 'utf8'),
    });
    await parley.online(account.id);
    const { fields } = await parley.ok('GET', `/accounts/${account.id}/settings`);
    for (const { name, value } of fields) scene.note('settings', `${name}: ${value}`);

    scene.act('Alice writes, with a picture in the text, one of another server, and a file');
    await alice.send({
      headers: {
        ...{ From: `Alice Adler <${alice.address}>`, To: phone.address, Subject: 'Lunch' },
        'Message-ID': '<lunch@lab.test>',
      },
      text: 'Lunch on Friday?',
      html: '<p>Lunch on <b>Friday</b>? <img src="cid:logo@x" alt="our logo"> <img src="https://tracker.test/1.png" alt="spy"></p><script>alert(1)</script>',
      inline: [{ cid: 'logo@x', name: 'logo.png', type: 'image/png', content: pixel }],
      files: [{ name: 'menu.pdf', type: 'application/pdf', content: Buffer.from('%PDF-1.7 soup').toString('base64') }],
    });
    const { id: lunch } = await conversation('Alice Adler');
    const first = await seen(lunch, 'Lunch on Friday?');
    const file = first.attachments.find(({ name }) => name === 'menu.pdf');
    const content = await fetch(`${parley.url}${file?.url}`, { headers: { authorization: `Bearer ${parley.token}` } });
    expect(await content.text()).toBe('%PDF-1.7 soup');
    const shown = (first.html ?? '').replaceAll(/\/api\/v1\/attachments\/[0-9a-f-]+/g, '(the attached picture)');
    scene.note('Parley shows', shown.trim());

    scene.act('you read it: it is read in the mailbox too');
    const unreadOf = async () => (await conversations()).find(({ id }) => id === lunch)?.unread;
    expect(await unreadOf()).toBe(1);
    await parley.ok('PATCH', `/conversations/${lunch}`, { readMessageId: first.id });
    await eventually(
      async () => (await phone.read()).find((one) => one.headers.subject === 'Lunch')?.seen || undefined,
    );
    scene.note('your phone', 'shows it as read');

    scene.act('you answer with words in bold and a picture');
    const picture = await upload('table.png', 'image/png', Buffer.from(pixel, 'base64'));
    await write(lunch, { text: 'Yes, at **one**', format: 'markdown', attachments: [picture], replyTo: first.id });
    const answer = await alice.receives('Yes, at');
    expect(answer.headers['in-reply-to']).toBe('<lunch@lab.test>');
    expect(answer.headers.from).toBe(`Robin <${phone.address}>`);
    expect(answer.html).toContain('<strong>one</strong>');
    expect(answer.files[0]?.content).toBe(pixel);
    scene.note('Alice sees', inWords(answer));
    const copy = await phone.receives('Yes, at', 'Sent');
    expect(copy.headers['message-id']).toBe(answer.headers['message-id']);
    scene.note('your phone', `has a copy in Sent, ${copy.seen ? 'read' : 'unread'}`);

    scene.act('Alice answers below a quotation; then from a program that knows no threads');
    await alice.send({
      headers: {
        ...{ From: `Alice Adler <${alice.address}>`, To: phone.address, Subject: 'Re: Lunch' },
        ...{ 'In-Reply-To': answer.headers['message-id']!, References: answer.headers['message-id']! },
      },
      text: 'Perfect.\n\nOn Tue, 24 Nov 2026 at 12:00, Robin wrote:\n> Yes, at one\n',
    });
    await seen(lunch, 'Perfect.');
    await swaks(
      '--from',
      alice.address,
      '--to',
      phone.address,
      '--h-From',
      `Alice Adler <${alice.address}>`,
      '--h-Subject',
      'RE: Lunch',
      '--body',
      'I bring Carol.',
    );
    await seen(lunch, 'I bring Carol.');

    scene.act('you write from your phone, and read there');
    const fromPhone = {
      headers: {
        ...{ From: phone.address, To: `Alice Adler <${alice.address}>`, Subject: 'Re: Lunch' },
        ...{ 'Message-ID': '<phone@lab.test>', 'In-Reply-To': '<lunch@lab.test>', References: '<lunch@lab.test>' },
      },
      text: 'Carol is welcome',
    };
    await phone.send(fromPhone);
    await phone.file('Sent', fromPhone, { flags: ['\\Seen'] });
    await seen(lunch, 'Carol is welcome', (message) => message.direction === 'out');
    expect(await unreadOf()).toBe(2);
    for (const { uid, seen: read } of await phone.read()) if (!read) await phone.mark(uid);
    await eventually(async () => ((await unreadOf()) === 0 ? true : undefined), 30_000);
    scene.note('Parley', 'counts nothing unread');
    scene.timeline('Alice Adler', await timeline(lunch));

    scene.act('Alice writes to you and Bob; your answer goes to both');
    await alice.send({
      headers: {
        ...{ From: `Alice Adler <${alice.address}>`, To: `${phone.address}, ${bob.address}`, Subject: 'The garden' },
      },
      text: 'Who has the key?',
    });
    const { id: garden } = await conversation('The garden');
    await seen(garden, 'Who has the key?');
    await write(garden, { text: 'I do' });
    for (const [who, person] of [
      ['Alice sees', alice],
      ['Bob sees', bob],
    ] as const) {
      scene.note(who, inWords(await person.receives('I do')));
    }
    await bob.send({
      headers: {
        ...{ From: `Bob <${bob.address}>`, To: `${phone.address}, ${alice.address}`, Subject: 'Re: The garden' },
        'In-Reply-To': (await bob.receives('I do')).headers['message-id']!,
      },
      text: 'Thanks!',
    });
    await seen(garden, 'Thanks!');
    scene.timeline('The garden', await timeline(garden));

    scene.act('Parley is away while Alice writes twice, and comes back');
    await parley.down();
    for (const text of ['Bring an umbrella', 'Or two']) {
      await swaks(
        '--from',
        alice.address,
        '--to',
        phone.address,
        '--h-From',
        `Alice Adler <${alice.address}>`,
        '--h-Subject',
        'Re: Lunch',
        '--body',
        text,
      );
      await phone.receives(text);
    }
    await parley.up();
    await parley.online(account.id);
    await seen(lunch, 'Or two');
    expect((await timeline(lunch)).filter(({ text }) => text === 'Perfect.')).toHaveLength(1);
    await write(lunch, { text: 'Packed' });
    scene.note('Alice sees', inWords(await alice.receives('Packed')));

    scene.act('her program says that she is away; nobody answers it');
    await swaks(
      '--from',
      '<>',
      '--to',
      phone.address,
      '--h-From',
      `Alice Adler <${alice.address}>`,
      '--h-Subject',
      'Re: Lunch',
      '--add-header',
      'Auto-Submitted: auto-replied',
      '--body',
      'I am away until Monday.',
    );
    await seen(lunch, 'I am away until Monday.', (message) => message.format === 'notice');

    scene.act('you ask for delivery reports');
    await parley.ok('PUT', `/accounts/${account.id}/settings`, { input: { deliveryReports: 'on' } });
    await parley.online(account.id);
    await write(lunch, { text: 'Did this reach you?' }, ['delivered', 'failed']);
    scene.timeline('Alice Adler, the end', (await timeline(lunch)).slice(0, 5));
    const received = (await alice.read()).map(({ headers }) => headers['auto-submitted']).filter(Boolean);
    expect(received).toEqual([]);

    scene.act('a mail to an address that is not there comes back');
    const { conversation: lost } = await parley.ok('POST', '/chats', {
      ...{ accountId: account.id, address: 'nobody@nowhere.test' },
    });
    const message = await write(lost.id, { text: 'Hello?' }, ['failed']);
    const { items } = await parley.ok('GET', `/messages/${message.id}/deliveries`);
    scene.note('the ledger', `${items[0].status}: ${items[0].reason}`);
    scene.timeline('nobody', await timeline(lost.id));

    scene.act('you page back through the year with Bob');
    const { conversation: rent } = await parley.ok('POST', '/chats', { accountId: account.id, address: bob.address });
    const whole: Message[] = await timeline(rent.id);
    for (let page = 0; page < 5; page++) {
      const before = whole.at(-1)?.id;
      const { items, history } = await parley.ok('GET', `/conversations/${rent.id}/messages?limit=5&before=${before}`);
      whole.push(...items);
      if (items.length === 0) expect(history).toBe('end');
    }
    expect(whole).toHaveLength(8);
    expect(new Set(whole.map(({ text }) => text)).size).toBe(whole.length);
    expect((await conversations()).find(({ id }) => id === rent.id)?.unread).toBe(0);
    scene.timeline('Bob', whole);

    scene.act("you add Bob's mailbox, signed in at its provider in a browser");
    const signedIn = await fetch(`${parley.url}/api/v1/sessions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ email: OWNER.email, password: OWNER.password }),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const login = await parley.ok('POST', '/logins', { network: 'email', flow: 'oauth' });
    const { step } = await parley.ok('POST', `/logins/${login.id}`, {
      input: {
        ...{ address: bob.address, clientId: mail.oauth.clientId, clientSecret: mail.oauth.clientSecret },
        ...{ authorizeUrl: mail.oauth.authorizeUrl, tokenUrl: mail.oauth.tokenUrl, backfill: 0 },
        ...{ imapHost: mail.host, imapPort: mail.imapsPort, smtpHost: mail.host, smtpPort: mail.smtpsPort },
        certificate: await readFile(mail.caFile, 'utf8'),
      },
    });
    const consent = await fetch(step.url, { redirect: 'manual' });
    const back = await fetch(consent.headers.get('location') ?? '', { redirect: 'manual', headers: { cookie } });
    scene.note('the browser', `comes back to ${back.headers.get('location')?.replace(login.id, 'this sign-in')}`);
    const { step: done } = await parley.ok('GET', `/logins/${login.id}`);
    await parley.online(done.account.id);
    scene.note('Parley', `${done.account.name} is online`);
    const { conversation: her } = await parley.ok('POST', '/chats', {
      ...{ accountId: done.account.id, address: alice.address },
    });
    await write(her.id, { text: 'From the other mailbox', via: done.account.id });
    const other = await alice.receives('From the other mailbox');
    scene.note('Alice sees', `${inWords(other)}, from ${other.headers.from}`);
    await scene.end();
  });
}
